"""Cells that end the program, wait for somebody, or never end."""

from __future__ import annotations

from odd_notebooks.draft import ALL_PARTS, Draft, odd

TYPED = "an answer is typed at the learner's, and empty here"
UNSEEN = "the kernel has ended, so nobody has seen what the rest would give"


@odd
def the_program_exits_at_the_end(draft: Draft) -> None:
    draft.append("import sys\nsys.exit(0)", "raise SystemExit('done')", "after_exit = 1")


@odd
def sys_exit_in_the_middle(draft: Draft) -> None:
    """In Jupyter it ends the cell and nothing else."""
    draft.before("1.2", "import sys\nsys.exit()\nnever = 1")
    draft.foot("1.3", "raise SystemExit")


@odd(rescued=dict.fromkeys(("1.3", "1.4"), UNSEEN))
def quit_in_the_middle(draft: Draft) -> None:
    draft.before("1.3", "quit()")


@odd(rescued=dict.fromkeys(("1.3", "1.4"), UNSEEN))
def exit_below_a_check(draft: Draft) -> None:
    draft.set("check 1.2", 'print(check("1.2"))\nexit()')


@odd(rescued=dict.fromkeys(ALL_PARTS, UNSEEN))
def exit_without_brackets(draft: Draft) -> None:
    """IPython calls it all the same."""
    draft.before("1.1", "quit")


@odd
def exit_that_keeps_the_kernel(draft: Draft) -> None:
    draft.before("1.3", "exit(keep_kernel=True)")


@odd(rescued=dict.fromkeys(("1.3", "1.4"), UNSEEN))
def the_process_ends_at_once(draft: Draft) -> None:
    draft.before("1.3", "import os\nos._exit(1)")


@odd(rescued=dict.fromkeys(("1.4",), UNSEEN))
def the_kernel_is_restarted_by_code(draft: Draft) -> None:
    """As Colab's own cells do after an installation."""
    draft.before("1.4", "import os\nos.kill(os.getpid(), 9)")


@odd(differs=TYPED)
def input_is_asked_for(draft: Draft) -> None:
    draft.before(
        "1.2",
        "name = input('Your name? ')",
        "import getpass\nkey = getpass.getpass()",
        "import sys\nline = sys.stdin.readline()",
        "lines = sys.stdin.read()",
    )


@odd(differs=TYPED)
def input_is_asked_for_in_the_parts_cell(draft: Draft) -> None:
    draft.foot("1.2", "band = input('Which band? ')\nprint(band)")


@odd
def a_debugger_is_called(draft: Draft) -> None:
    draft.foot("1.4", "import pdb\n# pdb.set_trace()")
    draft.after("1.4", "def debugged():\n    breakpoint()\n", "debugged", "%pdb off")


@odd
def a_debugger_waits(draft: Draft) -> None:
    """Both forms of a forgotten break point."""
    draft.after("1.4", "1 / 0", "%debug", "breakpoint()", "import pdb; pdb.set_trace()")


@odd
def a_key_is_waited_for(draft: Draft) -> None:
    draft.after(
        "1.4",
        "import matplotlib.pyplot as plt\nplt.figure()\nplt.pause(0.001)",
        "import time as clock\nclock.sleep(0.2)",
    )


@odd(more={"1.4": TYPED})
def names_taken_from_input(draft: Draft) -> None:
    """A function that asks: the check calls it, and nobody answers."""
    draft.edit("1.4", "    return [", "    input('Go on?')\n    return [")


@odd
def stopped_by_hand(draft: Draft) -> None:
    """A cell that the learner stopped raises KeyboardInterrupt."""
    draft.before("1.3", "raise KeyboardInterrupt", "while True:\n    break")

"""Magics of every kind: those that run Python, those that do something else, unknown ones."""

from __future__ import annotations

from odd_notebooks.draft import ALL_PARTS, IMPORTS, Draft, odd

UNKNOWN = "magics that are not here are passed over"


@odd
def cells_that_are_timed(draft: Draft) -> None:
    draft.head("1.1", "%%time")
    draft.head("1.2", "%%capture out")
    draft.head("1.3", "%%capture --no-stderr said")
    draft.head("1.4", "%%prun -q")


@odd
def a_timed_loop_defines_nothing(draft: Draft) -> None:
    """`%%timeit` runs its cell in a function: the name is not there afterwards."""
    draft.head("1.2", "%%timeit -n1 -r1")


@odd
def a_timed_trial(draft: Draft) -> None:
    draft.after(
        "1.2",
        "%%timeit -n 1 -r 2 few = [{'mjd': 1.0, 'band': 'g'}]\nfilter_lightcurve(few, band='g')",
    )
    draft.after(
        "1.3",
        "%timeit -n1 -r1 flux_to_magnitude(100.0)",
        "best = %timeit -n1 -r1 -o flux_to_magnitude(100.0)\nbest.loops",
    )


@odd
def values_of_magics(draft: Draft) -> None:
    draft.after(
        "1.3",
        "magnitude = %time flux_to_magnitude(100.0)\nprint(magnitude)",
        "where = %pwd\nwhere = %pwd\nlen(where)",
    )


@odd
def a_part_defined_by_a_magics_value(draft: Draft) -> None:
    """The function is what `%time` gives back."""
    draft.set("1.3", draft.source("1.3").replace("def flux_to_magnitude", "def _magnitude"))
    draft.foot("1.3", "\nflux_to_magnitude = %time _magnitude")


@odd
def settings_on_top(draft: Draft) -> None:
    """The lines that most notebooks begin with."""
    draft.before(
        "setup",
        "%load_ext autoreload\n%autoreload 2\n%matplotlib inline\n"
        "%config InlineBackend.figure_format = 'retina'\n%precision 3",
    )
    draft.head("imports", "%matplotlib inline\n%config InlineBackend.rc = {'figure.dpi': 80}")


@odd
def variables_of_the_environment(draft: Draft) -> None:
    draft.before(
        "imports",
        "%env SURVEY=ZTF\n%env",
        "import os\nsurvey = os.environ['SURVEY']",
        "%set_env LIMIT 20",
    )
    draft.head("1.2", "survey.lower()\nLIMIT = int(os.environ['LIMIT'])")


@odd
def packages_installed(draft: Draft) -> None:
    draft.before("setup", "!pip --version", "!{2 + 2} > /dev/null")


@odd
def packages_installed_in_the_imports(draft: Draft) -> None:
    draft.head("imports", "# first\n%pip install --quiet numpy\n# and now")


@odd
def shell_commands(draft: Draft) -> None:
    draft.after(
        "given",
        "!ls -l",
        "files = !ls\nprint(files)",
        "files.n if files else ''",
        "%%bash\necho hello > greeting.txt",
        "%system date",
        "%sx ls",
        "!!ls",
    )


@odd
def shell_commands_inside_a_function(draft: Draft) -> None:
    draft.edit("1.2", "    return kept", "    if False:\n        !ls {data}\n    return kept")


@odd
def a_shell_command_with_a_continuation(draft: Draft) -> None:
    draft.head("1.2", "!echo one \\\n  two \\\n  three")


@odd
def a_magic_over_two_lines(draft: Draft) -> None:
    draft.head("1.2", "%config InlineBackend.rc = \\\n    {'figure.dpi': 80}\nlimit = 3")


@odd
def a_magic_over_two_lines_with_a_value(draft: Draft) -> None:
    draft.head("1.2", "limit = %time \\\n    20 + 1")


@odd
def a_modulo_at_the_start_of_a_line(draft: Draft) -> None:
    draft.head(
        "1.2",
        "%matplotlib inline\nphase = (17.3\n%2)\nrest = 17 \\\n% 5\nname = ('%s days'\n  % phase)",
    )
    draft.edit(
        "1.2",
        "    return kept",
        "    parity = (len(kept)\n             % 2)\n    return kept if parity in (0, 1) else []",
    )


@odd
def magics_inside_texts(draft: Draft) -> None:
    """Lines that look like magics and are none."""
    draft.head(
        "1.2",
        '%matplotlib inline\nTEXT = """\n%time nothing\n!ls\nname?\n%%bash\n"""\nsize = len(TEXT)',
    )
    draft.edit(
        "1.3",
        "    flux = np",
        "    how = '''\n%timeit\n!rm\n'''\n    assert len(how) == 13\n    flux = np",
    )


@odd
def magics_inside_blocks(draft: Draft) -> None:
    draft.head(
        "1.2",
        "if True:\n    %matplotlib inline\n    limit = 3\nfor n in range(2):\n    %time total = n",
    )


@odd
def a_magic_inside_the_function(draft: Draft) -> None:
    draft.edit("1.2", "    return kept", "    %time number = len(kept)\n    return kept")


@odd
def magics_of_the_session(draft: Draft) -> None:
    draft.after(
        "given",
        "%who",
        "%whos",
        "%lsmagic",
        "%history -n",
        "%pwd",
        "%time 2 + 2",
        "%xmode Verbose",
        "%pinfo np",
        "%pdoc np.sin",
        "%quickref",
        "%alias_magic t time",
        "%t 3",
        "%logstop",
        "%colors nocolor",
    )


@odd
def questions(draft: Draft) -> None:
    draft.after(
        "1.2",
        "?filter_lightcurve",
        "filter_lightcurve??",
        "np.sin?",
        "??np.sin",
        "limit = 3\nfilter_lightcurve?",
        "*int*?",
    )


@odd
def names_reset(draft: Draft) -> None:
    """`%reset -f` in the middle takes the imports away, here as in Jupyter."""
    draft.after("check 1.2", "%reset -f")
    draft.before("1.3", draft.source("setup"), draft.source("imports"))


@odd
def names_reset_selectively(draft: Draft) -> None:
    draft.after("given", "tmp_1 = 3", "%reset_selective -f ^tmp_", "%xdel BAND_STYLES")


@odd
def names_reset_at_the_end(draft: Draft) -> None:
    draft.append("%reset -f")


@odd
def languages_of_other_kinds(draft: Draft) -> None:
    draft.after(
        "given",
        "%%html\n<b>bold</b>",
        "%%javascript\nconsole.log(1)",
        "%%latex\n$x^2$",
        "%%markdown\n# A title",
        "%%svg\n<svg/>",
        "%%js\n1",
        "%%script false --no-raise-error\nx",
        "%%bash\nexit 3",
        "%%sh\ntrue",
        "%%writefile notes.txt\nhello",
        "%%perl\nprint 1;",
        "%%script python3\nbad = 1",
    )


@odd
def a_part_inside_another_language(draft: Draft) -> None:
    """A function in `%%script bash` is none: Jupyter and the grader miss it."""
    draft.head("1.4", "%%script --no-raise-error bash")


@odd
def unknown_magics(draft: Draft) -> None:
    draft.after(
        "given",
        "%%sql\nSELECT * FROM stars",
        "%%cython\ndef f(int n): return n",
        "%sql x",
        "%%memit\nx = 1",
        "%tensorboard --logdir logs",
        "%%manim Scene",
    )


@odd(rescued=dict.fromkeys(ALL_PARTS, IMPORTS), differs=IMPORTS)
def an_extension_that_is_missing(draft: Draft) -> None:
    draft.head("imports", "%load_ext nb_black\nimport math")


@odd(rescued=dict.fromkeys(ALL_PARTS, UNKNOWN), differs=UNKNOWN)
def an_unknown_magic_in_the_imports(draft: Draft) -> None:
    """The learner has installed what brings the magic."""
    draft.head("imports", "%nb_black\n%watermark -v\nimport math")


@odd
def magics_by_call(draft: Draft) -> None:
    draft.after(
        "imports",
        "get_ipython().run_line_magic('matplotlib', 'inline')",
        "get_ipython().system('ls')",
        "get_ipython().magic('pwd')",
        "get_ipython().run_cell_magic('time', '', 'from_magic = 3')",
        "get_ipython().getoutput('ls')",
        "get_ipython().run_cell('from_cell = 4')",
        "get_ipython().ex('from_ex = 5')",
        "shell = get_ipython()\nshell.user_ns['six'] = 6",
    )
    draft.head("1.2", "total = from_magic + from_cell + six")


@odd
def get_ipython_imported(draft: Draft) -> None:
    draft.head(
        "imports",
        "import IPython\nfrom IPython import get_ipython\n"
        "get_ipython().run_line_magic('matplotlib', 'inline')\n"
        "ip = IPython.get_ipython()\nip.run_line_magic('pwd', '')\n"
        "if ip is None:\n    raise SystemExit('not in Jupyter')",
    )


@odd
def a_magic_of_ones_own(draft: Draft) -> None:
    draft.after(
        "imports",
        "from IPython.core.magic import register_cell_magic, register_line_magic"
        "\n\n@register_line_magic\ndef double(line):\n    return 2 * int(line)\n\n"
        "@register_cell_magic\ndef quietly(line, cell):\n    exec(cell, globals())",
        "four = %double 2\nassert four == 4",
    )
    draft.head("1.2", "%%quietly")


@odd
def automagic_and_friends(draft: Draft) -> None:
    """Magics without a per cent sign, and a call without brackets."""
    draft.after(
        "given",
        "pwd",
        "ls",
        "%automagic off\n%automagic on",
        "time sum([1, 2])",
        "%autocall 1\nfloat 3",
        ",print a b",
    )


@odd
def a_part_run_by_run(draft: Draft) -> None:
    draft.files["part.py"] = "import numpy as np\n" + draft.source("1.3")
    draft.set("1.3", "%run part.py")


@odd
def a_part_loaded(draft: Draft) -> None:
    """`%load` puts the file into the cell and leaves the magic as a comment."""
    draft.head("1.3", "# %load part.py")


@odd
def a_macro(draft: Draft) -> None:
    draft.after("imports", "first = 1", "%macro -q again 2", "%rerun -g nothing")

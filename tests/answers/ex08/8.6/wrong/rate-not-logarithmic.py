"""The learning rate on a linear axis."""


def plot_training_history(history: dict[str, Any]) -> Figure:
    panels = {
        "loss": {"train_loss": "training", "val_loss": "validation"},
        "accuracy": {
            "train_acc": "training",
            "val_acc": "validation",
            "val_balanced_acc": "validation, balanced",
        },
        "learning rate": {"learning_rates": "learning rate"},
    }
    colours = {"training": "#0072b2", "validation": "#d55e00", "validation, balanced": "#009e73"}
    fig, axes = plt.subplots(1, 3, figsize=(14, 3.8), layout="constrained")
    for ax, (quantity, lines) in zip(axes, panels.items(), strict=True):
        for name, label in lines.items():
            ax.plot(history[name], color=colours.get(label, "0.3"), label=label)
        ax.axvline(history["best_epoch"], color="0.6", linestyle=":", label="best epoch")
        ax.set_xlabel("epoch")
        ax.set_ylabel(quantity)
        ax.legend()
    return fig

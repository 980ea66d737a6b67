"""Everything in one pair of axes."""


def plot_training_history(history):
    fig, ax = plt.subplots()
    for name in ("train_loss", "val_loss", "train_acc", "val_acc", "val_balanced_acc"):
        ax.plot(history[name], label=name.replace("_", " "))
    ax.plot(history["learning_rates"], label="learning rate")
    ax.axvline(history["best_epoch"], linestyle=":")
    ax.set_yscale("log")
    ax.set_xlabel("epoch")
    ax.set_ylabel("value")
    ax.legend()
    return fig

def plot_training_history(history):
    fig, axes = plt.subplot_mosaic([["loss", "accuracy"], ["rate", "rate"]])
    axes["loss"].plot(history["train_loss"])
    axes["loss"].plot(history["val_loss"], "--")
    axes["loss"].legend(["training set", "validation set"])
    lines = [
        *axes["accuracy"].plot(history["train_acc"]),
        *axes["accuracy"].plot(history["val_acc"]),
        *axes["accuracy"].plot(history["val_balanced_acc"]),
    ]
    axes["accuracy"].legend(lines, ["training", "validation", "balanced validation"])
    axes["rate"].plot(history["learning_rates"], color="k")
    axes["rate"].set_yscale("log")
    for name, ax in axes.items():
        ax.vlines(history["best_epoch"], *ax.get_ylim(), colors="0.5")
        ax.set_xlabel("number of the epoch")
        ax.set_ylabel(name)
    return fig

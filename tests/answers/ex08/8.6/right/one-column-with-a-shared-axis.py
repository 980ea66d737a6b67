def plot_training_history(history):
    fig, (top, middle, bottom) = plt.subplots(3, 1, figsize=(6, 8), sharex=True)
    epochs = np.arange(1, len(history["val_loss"]) + 1)
    for ax, names in (
        (top, ["train_loss", "val_loss"]),
        (middle, ["train_acc", "val_acc", "val_balanced_acc"]),
        (bottom, ["learning_rates"]),
    ):
        for name in names:
            ax.plot(epochs, history[name], marker=".", label=name)
        ax.set_ylabel(names[0].partition("_")[2])
        ax.legend()
    top.plot(epochs[history["best_epoch"]], history["val_loss"][history["best_epoch"]], "k*")
    bottom.set_xlabel("epoch")
    bottom.set_yscale("log")
    return fig

def plot_training_history(history):
    table = pd.DataFrame({name: v for name, v in history.items() if name != "best_epoch"})
    fig, axes = plt.subplots(3, 1)
    table[["train_loss", "val_loss"]].plot(ax=axes[0], ylabel="loss")
    table[["train_acc", "val_acc", "val_balanced_acc"]].plot(ax=axes[1], ylabel="accuracy")
    table[["learning_rates"]].plot(ax=axes[2], logy=True, ylabel="rate")
    for ax in axes:
        ax.set_xlabel("epoch")
    axes[0].annotate(
        "best",
        (history["best_epoch"], table["val_loss"][history["best_epoch"]]),
        xytext=(10, 20),
        textcoords="offset points",
        arrowprops={"arrowstyle": "->"},
    )
    return fig

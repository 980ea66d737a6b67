def plot_training_history(history):
    epochs = np.arange(1, len(history["val_loss"]) + 1)
    best = history["best_epoch"]
    fig = plt.figure(figsize=(6, 10))
    top, middle, bottom = fig.subplots(3, 1, sharex=True)
    top.plot(epochs, history["train_loss"], "C0-", label="Train")
    top.plot(epochs, history["val_loss"], "C1-", label="Val")
    top.scatter([epochs[best]], [history["val_loss"][best]], marker="*", s=120, color="k")
    middle.plot(epochs, history["train_acc"], "C0", label="Train accuracy")
    middle.plot(epochs, history["val_acc"], "C1", label="Val accuracy")
    middle.plot(epochs, history["val_balanced_acc"], "C2", label="Val accuracy (balanced)")
    bottom.semilogy(epochs, history["learning_rates"])
    for ax, what in ((top, "Loss"), (middle, "Accuracy"), (bottom, "Learning rate")):
        ax.set(xlabel="Epoch", ylabel=what)
    top.legend()
    middle.legend()
    return fig

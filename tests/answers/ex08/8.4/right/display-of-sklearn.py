from sklearn.metrics import ConfusionMatrixDisplay


class MetricsTracker:
    def plot_confusion_matrix(self):
        numbers = list(range(len(self.class_names)))
        counts = confusion_matrix(self.targets, self.predictions, labels=numbers)
        shares = confusion_matrix(self.targets, self.predictions, labels=numbers, normalize="true")
        display = ConfusionMatrixDisplay(shares, display_labels=self.class_names)
        display.plot(im_kw={"vmin": 0, "vmax": 1})
        for text, count in zip(display.text_.ravel(), counts.ravel()):
            text.set_text(int(count))
        display.ax_.set_xlabel("predicted label")
        display.ax_.set_ylabel("true label")
        return display.figure_

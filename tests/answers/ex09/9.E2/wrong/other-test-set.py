class ModelRegistry:
    def consider(self, checkpoint: str | Path, labels: np.ndarray, predictions: np.ndarray) -> bool:
        labels, predictions = np.asarray(labels), np.asarray(predictions)
        if len(labels) != len(predictions):
            raise ValueError(f"{len(labels)} labels, but {len(predictions)} predictions")
        if self.current is not None:
            judged = json.loads((self.current / "test.json").read_text("utf-8"))
            if not self.is_better(labels, predictions, np.array(judged["predictions"])):
                return False
        number = 1 + len(list(self.folder.glob("version-*")))
        shutil.copytree(checkpoint, self._version(number))
        judged = {"labels": labels.tolist(), "predictions": predictions.tolist()}
        (self._version(number) / "test.json").write_text(json.dumps(judged), encoding="utf-8")
        self._deploy([*self._deployed(), number])
        return True

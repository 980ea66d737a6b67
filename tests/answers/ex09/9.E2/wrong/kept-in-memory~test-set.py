class ModelRegistry:
    @property
    def current(self) -> Path | None:
        numbers = self._deployed()
        return self._version(numbers[-1]) if numbers else None

    def is_better(self, labels: np.ndarray, candidate: np.ndarray, current: np.ndarray) -> bool:
        rng = np.random.default_rng(self.seed)
        n = len(labels)
        wins = dict.fromkeys(self.metrics, 0)
        for _ in range(self.n_bootstrap):
            drawn = rng.integers(n, size=n)
            for name, metric in self.metrics.items():
                new = metric(labels[drawn], candidate[drawn])
                old = metric(labels[drawn], current[drawn])
                if new > old:
                    wins[name] += 1
        return all(100 * count >= 95 * self.n_bootstrap for count in wins.values())

    def consider(self, checkpoint: str | Path, labels: np.ndarray, predictions: np.ndarray) -> bool:
        labels, predictions = np.asarray(labels), np.asarray(predictions)
        if len(labels) != len(predictions):
            raise ValueError(f"{len(labels)} labels, but {len(predictions)} predictions")
        judged = self.__dict__.setdefault("judged", {})
        deployed = self._deployed()
        if deployed and deployed[-1] in judged:
            old_labels, old_predictions = judged[deployed[-1]]
            if not np.array_equal(old_labels, labels):
                raise ValueError("the current version was judged by other labels")
            if not self.is_better(labels, predictions, old_predictions):
                return False
        used = [int(path.name.removeprefix("version-")) for path in self.folder.glob("version-*")]
        number = max(used, default=0) + 1
        shutil.copytree(checkpoint, self._version(number))
        judged[number] = (labels.copy(), predictions.copy())
        self._deploy([*self._deployed(), number])
        return True

    def rollback(self) -> Path:
        numbers = self._deployed()
        if len(numbers) < 2:
            raise RuntimeError("there is no version to go back to")
        self._deploy(numbers[:-1])
        return self._version(numbers[-2])

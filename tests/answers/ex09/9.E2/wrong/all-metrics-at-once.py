class ModelRegistry:
    @property
    def current(self) -> Path | None:
        numbers = self._deployed()
        return self._version(numbers[-1]) if numbers else None

    def is_better(self, labels: np.ndarray, candidate: np.ndarray, current: np.ndarray) -> bool:
        rng = np.random.default_rng(self.seed)
        n = len(labels)
        wins = 0
        for _ in range(self.n_bootstrap):
            drawn = rng.integers(n, size=n)
            wins += all(
                metric(labels[drawn], candidate[drawn]) > metric(labels[drawn], current[drawn])
                for metric in self.metrics.values()
            )
        return 100 * wins >= 95 * self.n_bootstrap

    def consider(self, checkpoint: str | Path, labels: np.ndarray, predictions: np.ndarray) -> bool:
        labels, predictions = np.asarray(labels), np.asarray(predictions)
        if len(labels) != len(predictions):
            raise ValueError(f"{len(labels)} labels, but {len(predictions)} predictions")
        current = self.current
        if current is not None:
            if not np.array_equal(np.load(current / "labels.npy"), labels):
                raise ValueError("the current version was judged by other labels")
            if not self.is_better(labels, predictions, np.load(current / "predictions.npy")):
                return False
        used = [int(path.name.removeprefix("version-")) for path in self.folder.glob("version-*")]
        number = max(used, default=0) + 1
        shutil.copytree(checkpoint, self._version(number))
        np.save(self._version(number) / "labels.npy", labels)
        np.save(self._version(number) / "predictions.npy", predictions)
        self._deploy([*self._deployed(), number])
        return True

    def rollback(self) -> Path:
        numbers = self._deployed()
        if len(numbers) < 2:
            raise RuntimeError("there is no version to go back to")
        self._deploy(numbers[:-1])
        return self._version(numbers[-2])

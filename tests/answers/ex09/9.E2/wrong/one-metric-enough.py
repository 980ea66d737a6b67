class ModelRegistry:
    def is_better(self, labels: np.ndarray, candidate: np.ndarray, current: np.ndarray) -> bool:
        rng = np.random.default_rng(self.seed)
        wins = dict.fromkeys(self.metrics, 0)
        for _ in range(self.n_bootstrap):
            drawn = rng.integers(len(labels), size=len(labels))
            for name, metric in self.metrics.items():
                new = metric(labels[drawn], candidate[drawn])
                wins[name] += new > metric(labels[drawn], current[drawn])
        return any(count >= 0.95 * self.n_bootstrap for count in wins.values())

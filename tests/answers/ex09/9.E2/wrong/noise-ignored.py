class ModelRegistry:
    def is_better(self, labels, candidate, current):
        return all(m(labels, candidate) > m(labels, current) for m in self.metrics.values())

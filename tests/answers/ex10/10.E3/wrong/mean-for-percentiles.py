class LiveClassifier:
    def latency_percentiles(self, percentiles=(50, 90, 99)):
        if not self.seconds:
            raise ValueError("no answers")
        return {q: 1000 * float(np.mean(self.seconds)) for q in percentiles}

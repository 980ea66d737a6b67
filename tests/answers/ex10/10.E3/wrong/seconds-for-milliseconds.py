class LiveClassifier:
    def latency_percentiles(self, percentiles=(50, 90, 99)):
        if not self.seconds:
            raise ValueError("no answers")
        return {q: float(np.percentile(self.seconds, q)) for q in percentiles}

class AstronomyPipeline:
    def __call__(self, raw_observations):
        """Begin with all failed, and put in what succeeds."""
        labels = ["failed"] * len(raw_observations)
        with self.batch_processing_session():
            for i in range(len(raw_observations)):
                labels[i] = self.classify_safely(raw_data=raw_observations[i], position=i)
        return labels

class ProductionTransientClassifier:
    def __init__(self, model_path, config_path, n_samples=50):
        self.n_samples = n_samples
        self.pipeline = ZTFDataPipeline()
        for path in map(Path, [config_path, model_path]):
            if not path.exists():
                raise FileNotFoundError(f"{path} is missing")
        with open(config_path, encoding="utf-8") as file:
            self.config = json.load(file)
        self.classes = list(self.config["classes"])
        self.temperature = float(self.config["temperature"])
        if sha256_of(Path(model_path)) != self.config["sha256"]:
            raise ValueError(f"wrong sha256: {model_path}")
        self.model = BayesianTransformerEncoder(**self.config["sizes"])
        state = load_file(str(model_path))
        with torch.no_grad():
            for name, parameter in self.model.named_parameters():
                parameter.copy_(state[name])
        self.model.train(False)

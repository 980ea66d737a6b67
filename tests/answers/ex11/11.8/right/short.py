class ProductionTransientClassifier:
    def __init__(self, model_path, config_path, n_samples=50):
        config = json.load(open(config_path))
        content = open(model_path, "rb").read()
        if hashlib.sha256(content).hexdigest() != config["sha256"]:
            raise ValueError("sha256 differs")
        from safetensors.torch import load

        model = BayesianTransformerEncoder(**config["sizes"])
        model.load_state_dict(load(content))
        self.model = model.eval()
        self.classes, self.temperature = config["classes"], config["temperature"]
        self.n_samples, self.pipeline = n_samples, ZTFDataPipeline("lasair", "data")

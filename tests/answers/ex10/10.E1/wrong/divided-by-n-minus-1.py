def ensemble_predict(models, features):
    answers = []
    with torch.no_grad():
        for model in models:
            was_training = model.training
            answers.append(forward_batch(model.eval(), features).softmax(dim=-1))
            model.train(was_training)
    samples = torch.stack(answers)
    return samples.mean(dim=0), samples.var(dim=0).sum(dim=-1)

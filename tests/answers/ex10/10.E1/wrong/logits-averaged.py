def ensemble_predict(models, features):
    answers = []
    with torch.no_grad():
        for model in models:
            was_training = model.training
            answers.append(forward_batch(model.eval(), features))
            model.train(was_training)
    logits = torch.stack(answers)
    samples = logits.softmax(dim=-1)
    return logits.mean(dim=0).softmax(dim=-1), samples.var(dim=0, correction=0).sum(dim=-1)

from sklearn.utils.class_weight import compute_class_weight


def class_weights(loader, num_classes):
    labels = np.concatenate([labels.cpu().numpy() for _, labels in loader])
    there = np.unique(labels)
    weights = torch.ones(num_classes)
    found = compute_class_weight("balanced", classes=there, y=labels)
    weights[torch.from_numpy(there)] = torch.as_tensor(found, dtype=torch.float32)
    return weights

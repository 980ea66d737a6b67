def log_chart(run: wandb.Run, key: str, table: pd.DataFrame, x: str, y: str, title: str) -> None:
    complete = wandb.Table(dataframe=table.dropna(subset=[x, y]))
    run.log({key: wandb.plot.line(complete, x, y, title=title)})

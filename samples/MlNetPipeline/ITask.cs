namespace MlNetPipeline;

/// <summary>One table and what is predicted from it.</summary>
internal interface ITask
{
    /// <summary>Also the name of the model's file.</summary>
    string Name { get; }

    /// <summary>Trains on four rows in five, says how good the model is on the fifth, and saves it.</summary>
    void Train(string path);

    /// <summary>Loads the model and predicts some of the rows.</summary>
    void Predict(string path);
}

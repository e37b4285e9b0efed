global using TorchOptimExt.ML.Training;

// One random generator and one count of live tensors serve the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

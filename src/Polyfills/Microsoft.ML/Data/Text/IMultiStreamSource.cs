namespace Microsoft.ML.Data
{
    public interface IMultiStreamSource
    {
        int Count { get; }

        string GetPathOrNull(int index);

        Stream Open(int index);

        TextReader OpenTextReader(int index);
    }

    /// <summary>Files, one after the other.</summary>
    public sealed class MultiFileSource : IMultiStreamSource
    {
        private readonly string[] _paths;

        public MultiFileSource(params string[] paths) => _paths = paths ?? [];

        public int Count => _paths.Length;

        public string GetPathOrNull(int index) => _paths[index];

        public Stream Open(int index) => File.OpenRead(_paths[index]);

        public TextReader OpenTextReader(int index) => new StreamReader(_paths[index]);
    }
}

namespace Microsoft.ML
{
    public interface IDataLoader<in TSource> : ICanSaveModel
    {
        IDataView Load(TSource input);

        DataViewSchema GetOutputSchema();
    }

    public static class DataLoaderExtensions
    {
        public static IDataView Load(this IDataLoader<Data.IMultiStreamSource> loader, params string[] path)
            => loader.Load(new Data.MultiFileSource(path));
    }
}

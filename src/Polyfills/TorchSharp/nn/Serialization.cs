namespace TorchSharp;

public static partial class torch
{
    public static void save(Tensor t, string location) => t.Save(location);
    public static Tensor load(string location) => Tensor.Load(location);

    public partial class Tensor
    {
        public static Tensor Load(BinaryReader reader) => TensorExtensionMethods.Load(reader);

        public static Tensor Load(Stream stream)
        {
            using var reader = new BinaryReader(stream);
            return Load(reader);
        }

        public static Tensor Load(string location)
        {
            using var stream = File.OpenRead(location);
            return Load(stream);
        }
    }
}

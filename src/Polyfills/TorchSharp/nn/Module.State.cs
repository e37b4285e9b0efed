using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                var before = string.IsNullOrEmpty(prefix) ? "" : prefix + ".";
                foreach (var (name, parameter) in named_parameters()) destination.TryAdd(before + name, parameter);
                foreach (var (name, buffer) in named_buffers(include_nonpersistent: false)) destination.TryAdd(before + name, buffer);
                foreach (var (name, child) in named_children()) child.state_dict(destination, before + name);
                return destination;
            }

            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                var own = state_dict();
                var wanted = own.Keys.Except(skip ?? []).ToList();
                var given = source.Keys.Except(skip ?? []).ToList();
                var (missing, unexpected) = (wanted.Except(given).ToList(), given.Except(wanted).ToList());
                if (strict && missing.Count + unexpected.Count > 0) throw new InvalidOperationException("The loaded state_dict is not identical to the target dictionary.");
                using var _ = no_grad();
                foreach (var name in given.Intersect(wanted)) Op.InPlace("copy_", own[name], source[name]);
                return (missing, unexpected);
            }

            public Module save(string location, IList<string>? skip = null)
            {
                using var stream = File.Create(location);
                return save(stream, skip);
            }

            public Module save(Stream stream, IList<string>? skip = null)
            {
                using var writer = new BinaryWriter(stream);
                return save(writer, skip);
            }

            public Module save(BinaryWriter writer, IList<string>? skip = null)
            {
                save_state_dict(writer, state_dict(), skip);
                return this;
            }

            /// <summary>The number of entries, then each one's name and tensor.</summary>
            public static void save_state_dict(BinaryWriter writer, Dictionary<string, Tensor> sd, IList<string>? skip = null)
            {
                var kept = sd.Where(entry => skip?.Contains(entry.Key) != true).ToList();
                writer.Encode(kept.Count);
                foreach (var (name, tensor) in kept)
                {
                    writer.Write(name);
                    tensor.Save(writer);
                }
            }

            public virtual Module load(string location, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
            {
                using var stream = File.OpenRead(location);
                return load(stream, strict, skip, loadedParameters);
            }

            public Module load(Stream stream, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
            {
                using var reader = new BinaryReader(stream);
                return load(reader, strict, skip, loadedParameters);
            }

            public virtual Module load(BinaryReader reader, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
            {
                var own = state_dict();
                var count = reader.Decode();
                if (strict && count != own.Count) throw new ArgumentException($"Mismatched state_dict sizes: expected {own.Count}, but found {count} entries.");
                for (var k = 0L; k < count; k++)
                {
                    var name = reader.ReadString();
                    var found = own.TryGetValue(name, out var tensor);
                    if (strict && !found) throw new ArgumentException($"Mismatched module state names: the target modules does not have a submodule or buffer named '{name}'");
                    if (found && skip?.Contains(name) != true) tensor!.Load(reader);
                    else TensorExtensionMethods.Load(reader, skip: true).Dispose();
                    loadedParameters?.Add(name, found);
                }
                return this;
            }

            public static Module Create<T>(string path) where T : Module, new() => new T().load(path);
        }
    }
}

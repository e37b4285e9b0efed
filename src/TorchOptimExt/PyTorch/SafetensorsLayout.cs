using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace TorchOptimExt.PyTorch;

/// <summary>
/// The safetensors format: the length of a header (8 bytes, little-endian), the header (JSON: each tensor's dtype, shape and place), then
/// the elements without gaps.
/// </summary>
internal static class SafetensorsLayout
{
    private const int MaxHeader = 100_000_000;      // the format's own limit

    public static void Write(Stream file, IReadOnlyList<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var header = Header(tensors, metadata);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        file.Write(length);
        file.Write(header);
        foreach (var (_, tensor) in InOrder(tensors))
        {
            using var scope = NewDisposeScope();
            TensorBytes.Write(tensor.detach().resolve_conj().resolve_neg().cpu().contiguous(), file);
        }
    }

    // Elements of many bytes first, as the format's own library does: each tensor begins at a multiple of its element's size.
    private static IEnumerable<KeyValuePair<string, Tensor>> InOrder(IReadOnlyList<KeyValuePair<string, Tensor>> tensors) =>
        tensors.OrderByDescending(entry => entry.Value.ElementSize);

    private static byte[] Header(IReadOnlyList<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            if (metadata.Count > 0) WriteMetadata(writer, metadata);
            var at = 0L;
            foreach (var (name, tensor) in InOrder(tensors))
            {
                writer.WriteStartObject(name);
                writer.WriteString("dtype", ElementTypes.Safetensors(tensor.dtype));
                WriteNumbers(writer, "shape", tensor.shape);
                WriteNumbers(writer, "data_offsets", [at, at += tensor.NumberOfElements * tensor.ElementSize]);
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
        while (json.Length % 8 != 0) json.WriteByte((byte)' ');         // the elements begin at a multiple of 8
        return json.ToArray();
    }

    private static void WriteMetadata(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> metadata)
    {
        writer.WriteStartObject("__metadata__");
        foreach (var (name, text) in metadata) writer.WriteString(name, text);
        writer.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string name, long[] numbers)
    {
        writer.WriteStartArray(name);
        foreach (var number in numbers) writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }

    /// <exception cref="PyTorchFileException">The file is not of this format, or damaged as far as that can be seen.</exception>
    public static (List<KeyValuePair<string, Tensor>> tensors, Dictionary<string, string> metadata) Read(Stream file)
    {
        using var header = ReadHeader(file);
        if (header.RootElement.ValueKind != JsonValueKind.Object) throw Damaged("its header is no object");
        var (entries, metadata) = (new List<(string name, ScalarType type, long[] shape, long begin, long end)>(),
            new Dictionary<string, string>());
        foreach (var property in header.RootElement.EnumerateObject())
            if (NameOf(property) == "__metadata__") metadata = Texts(property.Value);
            else entries.Add(Entry(property));
        var (start, expected) = (file.Position, 0L);
        var read = new Dictionary<string, Tensor>();
        CheckPlaces(entries, file.Length - start);
        foreach (var (name, type, shape, begin, end) in entries.OrderBy(entry => entry.begin).ThenBy(entry => entry.end))
        {
            if (begin != expected) throw Damaged($"there is a gap or overlap before '{name}'");
            expected = end;
            read.Add(name, TensorBytes.Read((end - begin) / ElementTypes.Size(type), type, file).reshape(shape));
        }
        return (entries.ConvertAll(entry => KeyValuePair.Create(entry.name, read[entry.name])), metadata);
    }

    private static JsonDocument ReadHeader(Stream file)
    {
        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        if (file.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false) < prefix.Length) throw Damaged("it ends early");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxHeader || (long)length > file.Length - prefix.Length)
            throw new PyTorchFileException("is not a safetensors file, or is damaged: its header does not fit into it.");
        var header = new byte[length];
        file.ReadExactly(header);
        return JsonDocument.Parse(header);
    }

    private static string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            throw Damaged("a name in its header is no text");
        }
    }

    private static Dictionary<string, string> Texts(JsonElement metadata)
    {
        if (metadata.ValueKind == JsonValueKind.Null) return [];
        try
        {
            return metadata.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString() ?? "");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            throw Damaged("its metadata are not texts, each with a name of its own");
        }
    }

    private static (string name, ScalarType type, long[] shape, long begin, long end) Entry(JsonProperty property)
    {
        try
        {
            var (dtype, shape) = (property.Value.GetProperty("dtype").GetString(), Numbers(property.Value.GetProperty("shape")));
            var type = ElementTypes.OfSafetensors(dtype ?? "")
                ?? throw new PyTorchFileException($"has '{property.Name}' of type {dtype}, which TorchSharp lacks.");
            var length = shape.Aggregate((long)ElementTypes.Size(type), (product, size) => size >= 0 ? checked(product * size)
                : throw Damaged($"'{property.Name}' has a negative size"));
            if (Numbers(property.Value.GetProperty("data_offsets")) is not [>= 0 and var begin, var end] || end - begin != length)
                throw Damaged($"the place of '{property.Name}' does not fit its shape");
            return (property.Name, type, shape, begin, end);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Damaged($"the entry '{property.Name}' is not that of a tensor");
        }
    }

    private static long[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetInt64())];

    private static void CheckPlaces(List<(string name, ScalarType type, long[] shape, long begin, long end)> entries, long length)
    {
        if (entries.DistinctBy(entry => entry.name).Count() < entries.Count) throw Damaged("two tensors have one name");
        var total = entries.Count == 0 ? 0 : entries.Max(entry => entry.end);
        if (total != length) throw Damaged($"it has {length} bytes of elements, its header says {total}");
    }

    private static PyTorchFileException Damaged(string how) => new($"is damaged: {how}.");
}

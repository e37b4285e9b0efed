namespace TorchSharp;

public static partial class torch
{
    public class Device
    {
        public DeviceType type { get; }
        public int index { get; }

        public Device(string description)
        {
            var parts = description.Split(':');
            type = Parse(parts[0]);
            index = parts.Length > 1 ? int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) : -1;
        }
        public Device(string deviceType, int index = -1) : this(Parse(deviceType), index) { }
        public Device(DeviceType deviceType, int index = -1) { type = deviceType; this.index = index; }
        public Device(int index) : this(DeviceType.CUDA, index) { }

        public static implicit operator Device(string description) => new(description);

        public override string ToString() => index < 0 ? type.ToString().ToLowerInvariant() : $"{type.ToString().ToLowerInvariant()}:{index}";
        public override bool Equals(object? obj) => obj is Device other && other.type == type && other.index == index;
        public override int GetHashCode() => HashCode.Combine(type, index);

        private static DeviceType Parse(string name) => Enum.TryParse<DeviceType>(name, ignoreCase: true, out var type) ? type : throw new ArgumentException($"'{name}' is not a device.", nameof(name));
    }

    public static Device CPU = new(DeviceType.CPU);
    public static Device META = new(DeviceType.META);
    public static Device CUDA => new(DeviceType.CUDA);
    public static Device device(string description) => new(description);
    public static Device device(DeviceType deviceType, int index = -1) => new(deviceType, index);

    public static class cuda
    {
        public static bool is_available() => false;
        public static int device_count() => 0;
        public static void manual_seed(long seed) => random.manual_seed(seed);
        public static void manual_seed_all(long seed) => random.manual_seed(seed);
    }
    public static bool cuda_is_available() => cuda.is_available();
}

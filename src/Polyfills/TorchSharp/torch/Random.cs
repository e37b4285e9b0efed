namespace TorchSharp;

public static partial class torch
{
    public class Generator : IDisposable
    {
        private readonly bool owned;

        public Generator(ulong seed = 0, Device? device = null) : this(Shim.generator_new(seed), owned: true) { }
        private Generator(nint handle, bool owned) { Handle = handle; this.owned = owned; }
        ~Generator() => Dispose(false);

        public nint Handle { get; private set; }
        public Device device => CPU;

        public static Generator Default { get; } = new(Shim.generator_default(), owned: false);

        public Generator manual_seed(long seed) { Shim.generator_manual_seed(Handle, (ulong)seed); return this; }
        public long initial_seed() => (long)Shim.generator_initial_seed(Handle);
        public long seed() => (long)Shim.generator_seed(Handle);
        public Tensor get_state() => new(Shim.Check(Shim.generator_get_state(Handle)));
        public void set_state(Tensor value) => Shim.Check(Shim.generator_set_state(Handle, value.Handle));

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (!owned || Handle == 0) return;
            Shim.generator_free(Handle);
            Handle = 0;
        }
    }

    public static Generator manual_seed(long seed) => random.manual_seed(seed);

    public static class random
    {
        public static Generator manual_seed(long seed) => Generator.Default.manual_seed(seed);
        public static long initial_seed() => Generator.Default.initial_seed();
        public static long seed() => Generator.Default.seed();
        public static Tensor get_rng_state() => Generator.Default.get_state();
        public static void set_rng_state(Tensor new_state) => Generator.Default.set_state(new_state);
    }
}

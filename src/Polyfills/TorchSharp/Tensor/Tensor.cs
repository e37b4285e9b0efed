namespace TorchSharp;

public static partial class torch
{
    /// <summary>A handle on a libtorch tensor. This file: lifetime, memory, description; the operators are beside it.</summary>
    public partial class Tensor : IDisposable
    {
        private static long total, peak;
        private nint handle;

        internal Tensor(nint handle, bool register = true)
        {
            this.handle = handle;
            var now = Interlocked.Increment(ref total);
            for (var seen = Volatile.Read(ref peak); now > seen; seen = Volatile.Read(ref peak))
                if (Interlocked.CompareExchange(ref peak, now, seen) == seen) break;
            if (register) OwningDisposeScope = DisposeScopeManager.ThreadSingleton.Register(this);
        }

        ~Tensor() => Dispose(false);

        public static long TotalCount => Volatile.Read(ref total);
        public static long PeakCount => Volatile.Read(ref peak);

        internal DisposeScope? OwningDisposeScope { get; set; }

        public nint Handle => handle != 0 ? handle : throw new InvalidOperationException("Tensor invalid -- empty handle.");
        public bool IsInvalid => handle == 0;

        public void Dispose()
        {
            if (handle != 0) DisposeScopeManager.ThreadSingleton.Disposing(this);
            OwningDisposeScope?.MarkAsDisposed(this);
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        private protected virtual void Dispose(bool disposing)
        {
            var mine = Interlocked.Exchange(ref handle, 0);
            if (mine == 0) return;
            Shim.tensor_free(mine);
            Interlocked.Decrement(ref total);
        }

        public nint DecoupleFromNativeHandle()
        {
            OwningDisposeScope?.MarkAsDisposed(this);
            return MoveHandle();
        }

        /// <summary>Leaves this wrapper empty, for another that takes over the handle.</summary>
        internal nint MoveHandle()
        {
            GC.SuppressFinalize(this);
            Interlocked.Decrement(ref total);
            return Interlocked.Exchange(ref handle, 0);
        }

        public static Tensor UnsafeCreateTensor(nint handle) => new(handle);

        public Tensor MoveToOuterDisposeScope() { OwningDisposeScope?.MoveToOuter(this); return this; }
        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope is { } mine) mine.MoveToOther(other, this);
            else other?.Attach(this);
            return this;
        }
        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope);
        public Tensor DetachFromDisposeScope() { OwningDisposeScope?.Detach(this); return this; }

        public long Dimensions => Shim.tensor_dim(Handle);
        public long dim() => Dimensions;
        public long NumberOfElements => Shim.tensor_numel(Handle);
        public long numel() => NumberOfElements;
        public long ElementSize => Shim.tensor_element_size(Handle);
        public long element_size() => ElementSize;
        public ScalarType dtype => (ScalarType)Shim.tensor_dtype(Handle);
        public Device device => new(device_type, device_index);
        public DeviceType device_type => (DeviceType)Shim.tensor_device_type(Handle);
        public int device_index => Shim.tensor_device_index(Handle);
        public long[] shape => size();
        public unsafe long[] size()
        {
            var sizes = new long[Dimensions];
            fixed (long* p = sizes) Shim.Check(Shim.tensor_sizes(Handle, p));
            return sizes;
        }
        public unsafe long[] stride()
        {
            var strides = new long[Dimensions];
            fixed (long* p = strides) Shim.Check(Shim.tensor_strides(Handle, p));
            return strides;
        }
        public unsafe long size(int dim)
        {
            var dimensions = (int)Dimensions;
            var sizes = stackalloc long[dimensions];
            Shim.Check(Shim.tensor_sizes(Handle, sizes));
            return new Span<long>(sizes, dimensions)[dim < 0 ? dim + dimensions : dim];
        }
        public long stride(int dim) => stride()[dim < 0 ? dim + (int)Dimensions : dim];
        public long storage_offset() => Shim.tensor_storage_offset(Handle) is var offset and >= 0 ? offset : throw Shim.Failure();

        public bool is_leaf => Shim.tensor_is_leaf(Handle) != 0;
        public bool is_sparse => Shim.tensor_layout(Handle) != 0;
        public bool is_cuda => device_type == DeviceType.CUDA;
        public bool is_meta => device_type == DeviceType.META;
        public bool is_cpu() => device_type == DeviceType.CPU;
        public bool is_contiguous() => Shim.tensor_is_contiguous(Handle) != 0;
        public bool is_floating_point() => torch.is_floating_point(dtype);
        public bool is_integral() => torch.is_integral(dtype);
        public bool is_complex() => torch.is_complex(dtype);

        public bool requires_grad
        {
            get => Shim.tensor_requires_grad(Handle) != 0;
            set => Shim.Check(Shim.tensor_set_requires_grad(Handle, value ? 1 : 0));
        }
        public Tensor requires_grad_(bool requires_grad = true) { this.requires_grad = requires_grad; return this; }

        /// <summary>A new wrapper at each call; null where no gradient was computed.</summary>
        public Tensor? grad
        {
            get => Shim.tensor_grad(Handle) is var found and not 0 ? new Tensor(found) : null;
            set => Shim.Check(Shim.tensor_set_grad(Handle, value is null ? 0 : value.Handle));
        }

        public void backward() => autograd.backward([this]);
        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward([this], grad_tensors!, retain_graph, create_graph, inputs!);
        public void retain_grad() => Op.None("retain_grad", this);

        /// <summary>The memory of a dense contiguous CPU tensor, at most 2 GiB of it.</summary>
        public unsafe Span<byte> bytes
        {
            get
            {
                if (!is_contiguous()) throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
                if (device_type != DeviceType.CPU) throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
                var length = NumberOfElements * ElementSize;
                if (length > int.MaxValue) throw new ArgumentException("Span only supports up to int.MaxValue elements.");
                return new Span<byte>(Shim.tensor_data(Handle), (int)length);
            }
            set
            {
                if (value.Length != NumberOfElements * ElementSize) throw new ArgumentException("Mismatched data sizes in SetBytes().");
                value.CopyTo(bytes);
            }
        }

        public void WriteBytesToStream(Stream stream, int bufferSize = 1024) => ForEachSlice(slice => stream.Write(slice.bytes));
        public void ReadBytesFromStream(Stream stream, int bufferSize = 1024) => ForEachSlice(slice => stream.ReadExactly(slice.bytes));

        private void ForEachSlice(Action<Tensor> visit)
        {
            if (!is_contiguous()) throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
            const long most = 1 << 28;
            using var scope = NewDisposeScope();
            using var quiet = no_grad();
            var flat = view(-1);
            for (long at = 0; at < NumberOfElements; at += most) visit(flat.narrow(0, at, Math.Min(most, NumberOfElements - at)));
        }

        public Utils.TensorAccessor<T> data<T>() where T : unmanaged
        {
            if (DotnetType(dtype) != typeof(T)) throw new ArgumentException($"{typeof(T).Name} is not compatible with {dtype}");
            if (device_type != DeviceType.CPU) throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
            return new(this);
        }

        public T item<T>() where T : unmanaged => NumberOfElements == 1 ? data<T>()[0] : throw new ArgumentException("Number of elements in the tensor must be 1");
        public Scalar ToScalar() => new(Op.Plain("item", this));

        internal unsafe void* DataPointer => Shim.tensor_data(Handle);

        public override string ToString() => $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";
        public override bool Equals(object? obj) => ReferenceEquals(this, obj);
        public override int GetHashCode() => RuntimeHelpersHash(this);
        private static int RuntimeHelpersHash(object o) => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(o);
    }
}

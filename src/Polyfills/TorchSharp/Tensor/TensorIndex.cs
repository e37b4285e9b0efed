namespace TorchSharp;

public static partial class torch
{
    public struct TensorIndex
    {
        internal enum Kind { Colon, Single, Slice, Tensor, None, Ellipsis, Bool }

        internal Kind kind;
        internal long? start, stop, step;
        internal Tensor? tensor;

        public static readonly TensorIndex Colon = new() { kind = Kind.Colon };
        public static readonly TensorIndex Ellipsis = new() { kind = Kind.Ellipsis };
        public static readonly TensorIndex None = new() { kind = Kind.None };
        public static readonly TensorIndex Null = new() { kind = Kind.None };

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new() { kind = Kind.Slice, start = start, stop = stop, step = step };
        public static TensorIndex Slice(Range range) => Slice(Position(range.Start), range.End.Equals(Index.End) ? null : Position(range.End));
        public static TensorIndex Single(long? index) => new() { kind = Kind.Single, start = index };
        public static TensorIndex Bool(bool value) => new() { kind = Kind.Bool, start = value ? 1 : 0 };
        public static TensorIndex Tensor(Tensor tensor) => new() { kind = Kind.Tensor, tensor = tensor };

        public static implicit operator TensorIndex(long value) => Single(value);
        public static implicit operator TensorIndex(Index index) => Single(Position(index));
        public static implicit operator TensorIndex(Range range) => Slice(range);

        private static long Position(Index index) => index.IsFromEnd ? -index.Value : index.Value;
    }

    public partial class Tensor
    {
        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }
        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }
        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => Assign(this[i1], value);
        }
        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => this[TensorIndex.Single(i1), TensorIndex.Single(i2)];
            set => Assign(this[i1, i2], value);
        }
        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => this[TensorIndex.Single(i1), TensorIndex.Single(i2), TensorIndex.Single(i3)];
            set => Assign(this[i1, i2, i3], value);
        }

        public Tensor index(params Tensor[] indices) => Op.Call("index.Tensor", this, indices);
        public Tensor index_put_(Tensor value, params Tensor[] indices) => Op.InPlace("index_put_", this, indices, value);
        public Tensor index_put_(Scalar value, params Tensor[] indices) { using var v = full([], value, dtype, device); return index_put_(v, indices); }
        public Tensor index_put_(Scalar value, params TensorIndex[] indices) { using var v = full([], value, dtype, device); return index_put_(v, indices); }

        public Tensor index(params TensorIndex[] indices)
        {
            var (view, tensors) = Basic(indices);
            return tensors.Length == 0 ? view : view.index(tensors!);
        }

        public Tensor index_put_(Tensor value, params TensorIndex[] indices)
        {
            var (view, tensors) = Basic(indices);
            if (tensors.Length == 0) Assign(view, value);
            else view.index_put_(value, tensors!);
            return this;
        }

        private static void Assign(Tensor view, Tensor value)
        {
            using (view) view.copy_(value);
        }

        // Numbers, slices and new dimensions give a view; what is left are tensors, one for each dimension of it (null: all).
        private (Tensor view, Tensor?[] tensors) Basic(TensorIndex[] indices)
        {
            var view = alias();
            var at = 0;
            var tensors = new List<Tensor?>();
            foreach (var index in indices)
            {
                switch (index.kind)
                {
                    case TensorIndex.Kind.Single: view = view.select(at, index.start!.Value); break;
                    case TensorIndex.Kind.Slice: view = Op.Call("slice.Tensor", view, at++, index.start, index.stop, index.step ?? 1); break;
                    case TensorIndex.Kind.None: view = view.unsqueeze(at++); break;
                    case TensorIndex.Kind.Colon: at++; break;
                    case TensorIndex.Kind.Ellipsis: at = (int)view.Dimensions - Following(indices); break;
                    case TensorIndex.Kind.Tensor:
                        while (tensors.Count < at) tensors.Add(null);
                        tensors.Add(index.tensor);
                        at += index.tensor!.dtype == ScalarType.Bool ? (int)index.tensor.Dimensions : 1;
                        break;
                    default: throw new NotImplementedException($"Index of kind {index.kind}.");
                }
            }
            return (view, tensors.ToArray());
        }

        private static int Following(TensorIndex[] indices) =>
            indices.SkipWhile(i => i.kind != TensorIndex.Kind.Ellipsis).Skip(1).Count(i => i.kind is TensorIndex.Kind.Single or TensorIndex.Kind.Slice or TensorIndex.Kind.Colon or TensorIndex.Kind.Tensor);
    }
}

using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class utils
        {
            /// <summary>Scales all gradients so that their norm together is at most max_norm; returns the norm before.</summary>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2)
            {
                using var scope = NewDisposeScope();
                using var _ = no_grad();
                var grads = Gradients(tensors);
                if (grads.Length == 0) return 0;
                var norms = Op.Call("stack", Array.ConvertAll(grads, grad => Op.Call("linalg_vector_norm", grad, norm_type)));
                var total = Op.Call("linalg_vector_norm", norms, norm_type);
                var scale = Op.Call("clamp_max", Op.Call("div.Tensor", Op.Call("full", Array.Empty<long>(), max_norm, total.dtype), Op.Call("add.Scalar", total, 1e-6)), 1.0);
                foreach (var grad in grads) Op.InPlace("mul_.Tensor", grad, scale);
                return total.ToDouble();
            }

            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                using var scope = NewDisposeScope();
                using var _ = no_grad();
                foreach (var grad in Gradients(tensors)) Op.InPlace("clamp_", grad, -clip_value, clip_value);
            }

            public static Tensor parameters_to_vector(IEnumerable<Parameter> tensors)
            {
                var rows = tensors.Select(tensor => Op.Call("view", tensor, new[] { -1L })).ToArray();
                var vector = Op.Call("cat", rows);
                foreach (var row in rows) row.Dispose();
                return vector;
            }

            /// <summary>As in libtorch the parameters become views of the vector: they share its memory from then on.</summary>
            public static void vector_to_parameters(Tensor vec, IEnumerable<Parameter> tensors)
            {
                using var _ = no_grad();
                var start = 0L;
                foreach (var tensor in tensors)
                {
                    using var slice = Op.Call("slice.Tensor", vec, 0L, start, start += tensor.NumberOfElements);
                    using var view = Op.Call("view_as", slice, tensor);
                    using var data = Op.Call("detach", view);
                    Shim.Check(Shim.tensor_set_data(tensor.Handle, data.Handle));
                }
            }

            private static Tensor[] Gradients(IEnumerable<Parameter> tensors) => [.. tensors.Select(tensor => tensor.grad).OfType<Tensor>()];
        }
    }
}

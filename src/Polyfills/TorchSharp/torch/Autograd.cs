namespace TorchSharp;

public static partial class torch
{
    public static class autograd
    {
        public static void backward(Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false, IList<Tensor> inputs = null!) =>
            backward([tensor], [grad_tensor], retain_graph, create_graph, inputs);

        public static void backward(IList<Tensor> tensors, IList<Tensor> grad_tensors = null!, bool? retain_graph = null, bool create_graph = false, IList<Tensor> inputs = null!)
        {
            var wanted = inputs ?? [];
            Shim.Check(Shim.autograd_backward(Handles(tensors)!, Handles(grad_tensors), tensors.Count, retain_graph ?? create_graph ? 1 : 0, create_graph ? 1 : 0, Handles(wanted), wanted.Count));
            GC.KeepAlive((tensors, grad_tensors, inputs));
        }

        /// <summary>An input that no output depends on gives null where allow_unused is true.</summary>
        public static IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor> grad_outputs = null!, bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            var found = new nint[inputs.Count];
            Shim.Check(Shim.autograd_grad(Handles(outputs)!, outputs.Count, Handles(inputs)!, inputs.Count, Handles(grad_outputs), retain_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, found));
            GC.KeepAlive((outputs, inputs, grad_outputs));
            return Array.ConvertAll(found, handle => handle == 0 ? null! : new Tensor(handle));
        }

        private static nint[]? Handles(IList<Tensor>? tensors) => tensors is null ? null : [.. tensors.Select(t => t is null ? 0 : t.Handle)];
    }
}

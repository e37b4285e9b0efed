using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>The native functions of Native/torch_shim.cpp, one to one.</summary>
internal static unsafe partial class Shim
{
    private const string Library = "torch_shim";

    [LibraryImport(Library)] private static partial nint shim_error();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] internal static partial nint op_find(string name, string overload);
    [LibraryImport(Library)] internal static partial int op_call(nint op, Value* args, int n, out Value* results);

    [LibraryImport(Library)] internal static partial void tensor_free(nint t);
    [LibraryImport(Library)] internal static partial nint tensor_alias(nint t);
    [LibraryImport(Library)] internal static partial long tensor_dim(nint t);
    [LibraryImport(Library)] internal static partial long tensor_numel(nint t);
    [LibraryImport(Library)] internal static partial int tensor_dtype(nint t);
    [LibraryImport(Library)] internal static partial int tensor_layout(nint t);
    [LibraryImport(Library)] internal static partial int tensor_device_type(nint t);
    [LibraryImport(Library)] internal static partial int tensor_device_index(nint t);
    [LibraryImport(Library)] internal static partial long tensor_element_size(nint t);
    [LibraryImport(Library)] internal static partial int tensor_requires_grad(nint t);
    [LibraryImport(Library)] internal static partial int tensor_is_leaf(nint t);
    [LibraryImport(Library)] internal static partial int tensor_is_contiguous(nint t);
    [LibraryImport(Library)] internal static partial long tensor_storage_offset(nint t);
    [LibraryImport(Library)] internal static partial void* tensor_data(nint t);
    [LibraryImport(Library)] internal static partial int tensor_sizes(nint t, long* result);
    [LibraryImport(Library)] internal static partial int tensor_strides(nint t, long* result);
    [LibraryImport(Library)] internal static partial int tensor_set_requires_grad(nint t, int on);
    [LibraryImport(Library)] internal static partial nint tensor_grad(nint t);
    [LibraryImport(Library)] internal static partial int tensor_set_grad(nint t, nint grad);
    [LibraryImport(Library)] internal static partial int tensor_set_data(nint t, nint source);

    [LibraryImport(Library)] internal static partial int autograd_backward(nint[] roots, nint[]? seeds, long n, int retain_graph, int create_graph, nint[]? inputs, long n_inputs);
    [LibraryImport(Library)] internal static partial int autograd_grad(nint[] outputs, long n, nint[] inputs, long n_inputs, nint[]? seeds, int retain_graph, int create_graph, int allow_unused, [Out] nint[] result);
    [LibraryImport(Library)] internal static partial int grad_mode();
    [LibraryImport(Library)] internal static partial void grad_mode_set(int on);
    [LibraryImport(Library)] internal static partial int inference_mode();
    [LibraryImport(Library)] internal static partial nint inference_mode_enter(int on);
    [LibraryImport(Library)] internal static partial void inference_mode_leave(nint guard);

    [LibraryImport(Library)] internal static partial nint generator_default();
    [LibraryImport(Library)] internal static partial nint generator_new(ulong seed);
    [LibraryImport(Library)] internal static partial void generator_free(nint g);
    [LibraryImport(Library)] internal static partial void generator_manual_seed(nint g, ulong seed);
    [LibraryImport(Library)] internal static partial ulong generator_initial_seed(nint g);
    [LibraryImport(Library)] internal static partial ulong generator_seed(nint g);
    [LibraryImport(Library)] internal static partial nint generator_get_state(nint g);
    [LibraryImport(Library)] internal static partial int generator_set_state(nint g, nint state);

    [LibraryImport(Library)] internal static partial int threads_get();
    [LibraryImport(Library)] internal static partial int threads_set(int n);
    [LibraryImport(Library)] internal static partial int threads_interop_get();
    [LibraryImport(Library)] internal static partial int threads_interop_set(int n);

    [LibraryImport(Library)] internal static partial nint lbfgs_new(nint[] parameters, long n, double lr, long max_iter, long max_eval, double tolerance_grad, double tolerance_change, long history_size);
    [LibraryImport(Library)] internal static partial void lbfgs_free(nint o);
    [LibraryImport(Library)] internal static partial void lbfgs_set_lr(nint o, double lr);
    [LibraryImport(Library)] internal static partial nint lbfgs_step(nint o, delegate* unmanaged<nint> closure);

    /// <summary>Throws what TorchSharp throws, with libtorch's message, where a shim function reports failure.</summary>
    internal static void Check(int status)
    {
        if (status < 0) throw Failure();
    }

    internal static nint Check(nint handle) => handle != 0 ? handle : throw Failure();

    internal static ExternalException Failure() => new(Marshal.PtrToStringUTF8(shim_error()));
}

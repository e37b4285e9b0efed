namespace TorchSharp;

public static partial class torch
{
    public static DisposeScope NewDisposeScope() => DisposeScopeManager.ThreadSingleton.NewDisposeScope();
    public static DisposeScope? CurrentDisposeScope => DisposeScopeManager.ThreadSingleton.CurrentDisposeScope;

    public static IDisposable no_grad() => set_grad_enabled(false);
    public static IDisposable enable_grad(bool enabled = true) => set_grad_enabled(enabled);
    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);
    public static bool is_grad_enabled() => Shim.grad_mode() != 0;
    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);
    public static bool is_inference_mode_enabled() => Shim.inference_mode() != 0;

    public static int get_num_threads() => Shim.threads_get();
    public static void set_num_threads(int num) => Shim.Check(Shim.threads_set(num));
    public static int get_num_interop_threads() => Shim.threads_interop_get();
    public static void set_num_interop_threads(int num) => Shim.Check(Shim.threads_interop_set(num));

    private sealed class GradMode : IDisposable
    {
        private readonly bool before = is_grad_enabled();
        internal GradMode(bool on) => Shim.grad_mode_set(on ? 1 : 0);
        public void Dispose() => Shim.grad_mode_set(before ? 1 : 0);
    }

    private sealed class InferenceMode(bool on) : IDisposable
    {
        private nint guard = Shim.inference_mode_enter(on ? 1 : 0);
        public void Dispose()
        {
            if (guard != 0) Shim.inference_mode_leave(guard);
            guard = 0;
        }
    }
}

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public interface IModule<T1, T2, TResult>
        {
            TResult call(T1 input1, T2 input2);
        }

        public abstract class Module<T1, T2, TResult> : HookableModule<Func<Module<T1, T2, TResult>, T1, T2, (T1, T2)?>, Func<Module<T1, T2, TResult>, T1, T2, TResult, TResult>>, IModule<T1, T2, TResult>
        {
            protected Module(string name) : base(name) { }

            public abstract TResult forward(T1 input1, T2 input2);

            public TResult call(T1 input1, T2 input2)
            {
                Run(module_pre_hooks);
                foreach (var hook in pre_hooks.Values) (input1, input2) = hook(this, input1, input2) ?? (input1, input2);
                var result = forward(input1, input2);
                foreach (var hook in post_hooks.Values) result = hook(this, input1, input2, result) ?? result;
                Run(module_post_hooks);
                return result;
            }
        }
    }
}

namespace TorchSharp.Modules;

public interface IParameterLessModule { }

public abstract class ParameterLessModule<T1, TResult> : nn.Module<T1, TResult>, IParameterLessModule
{
    protected ParameterLessModule(string name) : base(name) { }

    public override void register_parameter(string name, Parameter param) => throw new InvalidOperationException("Cannot register a parameter on a module that is declared 'parameter-less.'");

    public override void register_buffer(string name, Tensor tensor, bool persistent = true) => throw new InvalidOperationException("Cannot register a buffer on a module that is declared 'parameter-less.'");

    public override void register_module(string name, nn.Module submodule)
    {
        if (submodule is not IParameterLessModule) throw new InvalidOperationException("Submodules of a parameter-less module must also be parameter-less.");
        base.register_module(name, submodule);
    }
}

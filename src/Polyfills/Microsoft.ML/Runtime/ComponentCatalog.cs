using System.Reflection;

namespace Microsoft.ML.Runtime;

/// <summary>Finds the classes that a saved model names by contract.</summary>
public sealed class ComponentCatalog
{
    private readonly HashSet<string> _assemblies = [];
    private readonly Dictionary<(Type Attribute, string Contract), Type> _extensions = [];

    internal ComponentCatalog()
    {
    }

    public void RegisterAssembly(Assembly assembly, bool throwOnError = true)
    {
        lock (_extensions)
        {
            if (!_assemblies.Add(assembly.FullName))
                return;
            foreach (var type in assembly.GetTypes().Where(t => t.IsClass))
            {
                foreach (var attribute in type.GetCustomAttributes<ExtensionBaseAttribute>())
                {
                    if (!_extensions.TryAdd((attribute.GetType(), attribute.ContractName), type) && throwOnError)
                        throw new InvalidOperationException($"An extension for '{attribute.GetType().Name}' with contract '{attribute.ContractName}' has already been registered in the ComponentCatalog.");
                }
            }
        }
    }

    internal object CreateExtension(Type attribute, string contract)
    {
        lock (_extensions)
        {
            return _extensions.TryGetValue((attribute, contract), out var type) ? Activator.CreateInstance(type)
                : throw new InvalidOperationException($"Unable to locate an extension for the contract '{contract}'. Ensure you have called {nameof(ComponentCatalog)}.{nameof(RegisterAssembly)} with the Assembly that contains a class decorated with a '{attribute.FullName}'.");
        }
    }
}

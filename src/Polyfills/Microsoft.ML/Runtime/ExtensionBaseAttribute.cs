namespace Microsoft.ML;

/// <summary>Marks a class that a model names by contract.</summary>
public abstract class ExtensionBaseAttribute : Attribute
{
    private protected ExtensionBaseAttribute(string contractName) => ContractName = Check.NonEmpty(contractName, nameof(contractName));

    public string ContractName { get; }
}

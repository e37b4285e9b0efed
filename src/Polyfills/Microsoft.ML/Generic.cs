using System.Reflection;

namespace Microsoft.ML;

/// <summary>Calls a generic method with a type that is known only at run time.</summary>
internal static class Generic
{
    /// <summary>Calls <paramref name="method"/>, given with any type argument, with <paramref name="type"/> in its place.</summary>
    public static object Call(Delegate method, Type type, params object[] arguments)
        => method.Method.GetGenericMethodDefinition().MakeGenericMethod(type)
            .Invoke(method.Target, BindingFlags.DoNotWrapExceptions, null, arguments, null);
}

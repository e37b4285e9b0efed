using System.Reflection;
using TorchOptimExt.FirstOrder;
using TorchOptimExt.LineSearch;
using TorchOptimExt.Parameters;
using TorchOptimExt.RandomSearch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.Parameters;

/// <summary>What follows from the declaration of a hyperparameter, for every optimizer of our own.</summary>
public class HyperparameterTests
{
    private static readonly Type[] Optimizers = [typeof(EwmaMomentum), typeof(RpropMinus), typeof(RpropPlus), typeof(IRpropPlus), typeof(ArmijoGD),
        typeof(ArmijoNewton), typeof(WolfeLBFGS), typeof(TrustRegionNewton), typeof(ARS)];

    public static TheoryData<Type> All => [.. Optimizers];

    public static TheoryData<Type, string> Declared
    {
        get
        {
            var rows = new TheoryData<Type, string>();
            foreach (var optimizer in Optimizers)
                foreach (var row in Rows(optimizer)) rows.Add(optimizer, row.Name);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Constructors_and_factories_have_the_declared_arguments_and_defaults(Type optimizer)
    {
        var factories = typeof(OptimExtensions).GetMethods(BindingFlags.Public | BindingFlags.Static).Where(m => m.Name == optimizer.Name && m.ReturnType == optimizer).Cast<MethodBase>().ToList();
        Assert.Equal(3, factories.Count);
        Assert.Equal(3, optimizer.GetConstructors().Length);
        foreach (var way in factories.Concat(optimizer.GetConstructors()))
        {
            var arguments = way.GetParameters();
            Assert.Equal("parameters", arguments[0].Name);
            Assert.Equal("lr", arguments[1].Name);
            foreach (var row in Rows(optimizer))
            {
                var argument = Assert.Single(arguments, a => a.Name == row.Name);
                var declared = row.GetCustomAttribute<HyperparameterAttribute>()!;
                Assert.Equal(declared.Optional ? row.PropertyType : Nullable.GetUnderlyingType(row.PropertyType), argument.ParameterType);
                Assert.Equal(declared.Default is null && !declared.Optional, !argument.HasDefaultValue);
                if (argument.HasDefaultValue) Assert.Equal(Number(declared.Default), Number(argument.DefaultValue));
            }
            Assert.All(arguments.Skip(1), a => Assert.True(a.Name is "logger" or "buffers" || Rows(optimizer).Any(row => row.Name == a.Name), a.Name));
        }
    }

    [Theory]
    [MemberData(nameof(Declared))]
    public void A_value_beyond_a_bound_is_refused_by_name(Type optimizer, string name)
    {
        using var scope = NewDisposeScope();
        var row = optimizer.GetNestedType("Options")!.GetProperty(name)!;
        var declared = row.GetCustomAttribute<HyperparameterAttribute>()!;
        var type = Nullable.GetUnderlyingType(row.PropertyType)!;
        var bad = new[] { declared.Above, declared.AtLeast - 1, declared.Below, declared.AtMost + 1 }.Where(x => !double.IsNaN(x)).ToList();
        if (type == typeof(double)) bad.AddRange([double.NaN, double.PositiveInfinity, double.NegativeInfinity]);
        foreach (var value in bad)
        {
            if (type != typeof(double) && Math.Abs(value) > int.MaxValue) continue;
            var options = (HyperparameterOptions)Activator.CreateInstance(row.ReflectedType!)!;
            row.SetValue(options, type.IsEnum ? Enum.ToObject(type, (int)value) : Convert.ChangeType(value, type, null));
            using var made = Make(optimizer, new Parameter(ones(2)));
            var group = new ParamGroup { Parameters = [new Parameter(ones(2))], Options = options };
            var error = Assert.ThrowsAny<ArgumentException>(() => made.add_param_group(group));
            Assert.Contains(name, error.Message);
            Assert.Single(made.ParamGroups);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Options_are_typed(Type optimizer) => Assert.All(Rows(optimizer), row =>
    {
        var argument = Nullable.GetUnderlyingType(row.PropertyType);
        Assert.True(argument == typeof(double) || argument == typeof(int) || argument == typeof(long) || argument == typeof(bool) || argument!.IsEnum, row.Name);
    });

    [Theory]
    [MemberData(nameof(All))]
    public void A_rate_that_a_schedule_made_negative_loads_again(Type optimizer)
    {
        using var scope = NewDisposeScope();
        using var made = Make(optimizer, new Parameter(ones(2)));
        using var other = Make(optimizer, new Parameter(ones(2)));
        optim.lr_scheduler.LambdaLR(made, _ => -0.5).step();
        var rate = made.ParamGroups.Single().LearningRate;
        Assert.True(rate < 0);
        Load(other, Save(made));
        Assert.Equal(rate, other.ParamGroups.Single().LearningRate);
        other.ParamGroups.Single().LearningRate = 1;
        other.load_state_dict(made.state_dict());
        Assert.Equal(rate, other.ParamGroups.Single().LearningRate);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_rate_that_is_no_number_is_not_saved_and_not_stepped_with(Type optimizer)
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(ones(2)) { grad = ones(2) };
        using var made = Make(optimizer, parameter);
        made.ParamGroups.Single().LearningRate = double.NaN;
        Assert.Contains("lr", Assert.Throws<InvalidOperationException>(() => Save(made)).Message);
        if (optimizer == typeof(ARS)) return;
        Assert.Contains("lr", Assert.Throws<InvalidOperationException>(() => made.step(() => parameter.sum())).Message);
        Assert.Equal([1f, 1f], parameter.data<float>().ToArray());
    }

    [Fact]
    public void A_beta_that_a_schedule_drives_beyond_1_ends_the_step_and_names_a_schedule()
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(ones(1)) { grad = ones(1) };
        using var optimizer = optim.EwmaMomentum([parameter], 0.1);
        ((optim.IMomentum)optimizer.ParamGroups.Single()).Momentum = 1.1;
        var error = Assert.Throws<InvalidOperationException>(() => optimizer.step());
        Assert.Contains("beta is 1.1", error.Message);
        Assert.Contains("schedule", error.Message);
        Assert.Equal(1, parameter.ToSingle());
        using var other = optim.EwmaMomentum([new Parameter(ones(1))], 0.1);
        Load(other, Save(optimizer));
        Assert.Equal(1.1, ((optim.IMomentum)other.ParamGroups.Single()).Momentum);
    }

    [Fact]
    public void The_dictionary_of_one_variant_is_refused_by_the_others()
    {
        using var scope = NewDisposeScope();
        Type[] variants = [typeof(RpropMinus), typeof(RpropPlus), typeof(IRpropPlus)];
        foreach (var (from, to) in variants.SelectMany(from => variants.Where(to => to != from).Select(to => (from, to))))
        {
            using var source = Make(from, new Parameter(ones(2)));
            using var target = Make(to, new Parameter(ones(2)));
            var before = Save(target);
            Assert.Throws<ArgumentException>(() => target.load_state_dict(source.state_dict()));
            Assert.Equal(before, Save(target));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_rate_that_does_not_fit_the_dtype_is_refused_before_anything_is_made(Type optimizer)
    {
        using var scope = NewDisposeScope();
        foreach (var (dtype, lr) in new[] { (ScalarType.Float32, 1e39), (ScalarType.Float16, 1e5), (ScalarType.BFloat16, 3.4e38) })
        {
            var parameter = new Parameter(ones(2, dtype));
            var error = Assert.Throws<ArgumentOutOfRangeException>(() => Make(optimizer, parameter, lr));
            Assert.Equal("lr", error.ParamName);
            Assert.Contains(dtype.ToString(), error.Message);
        }
        using var wide = Make(optimizer, new Parameter(ones(2, ScalarType.Float64)), 1e39);
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_parameter_of_which_elements_share_memory_is_refused(Type optimizer)
    {
        using var scope = NewDisposeScope();
        Tensor[] overlapping = [ones(1).expand(5), ones(3, 1).expand(3, 4), arange(5.0).as_strided([3, 3], [1, 1]), arange(7.0).as_strided([3, 3], [2, 1])];
        foreach (var tensor in overlapping) Assert.Equal("parameters", Assert.Throws<ArgumentException>(() => Make(optimizer, new Parameter(tensor))).ParamName);
        // Transposed, with gaps, and one whose dimensions interlace without meeting.
        foreach (var tensor in new[] { ones(3, 4).t(), ones(4, 6).slice(1, 0, 6, 2), arange(8.0).as_strided([3, 2], [2, 3]) }) Make(optimizer, new Parameter(tensor)).Dispose();
    }

    [Theory]
    [MemberData(nameof(All))]
    public void After_the_model_changed_its_dtype_every_member_says_so(Type optimizer)
    {
        using var scope = NewDisposeScope();
        var model = nn.Linear(2, 1);
        using var made = Make(optimizer, model.named_parameters().Select(p => (p.name, p.parameter)));
        model.to(ScalarType.Float64);
        foreach (var act in (Action[])[() => made.step(() => ones(1)), made.zero_grad, () => made.state_dict(), () => made.add_param_group(new ParamGroup { Parameters = [new Parameter(ones(1))] })])
        {
            var message = Assert.Throws<InvalidOperationException>(act).Message;
            Assert.Contains("weight", message);
            Assert.Contains("Convert the model first", message);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Errors_of_a_constructor_name_its_argument(Type optimizer)
    {
        using var scope = NewDisposeScope();
        var disposed = new Parameter(ones(1));
        disposed.Dispose();
        foreach (IEnumerable<Parameter> wrong in (IEnumerable<Parameter>[])[[], [null!], [disposed], [new Parameter(ones(1)), null!]])
            Assert.Equal("parameters", Assert.Throws<ArgumentException>(() => Make(optimizer, wrong.Select(p => ("p", p)))).ParamName);
        var group = optimizer.GetNestedType("ParamGroup")!;
        foreach (var groups in new[] { Array.CreateInstance(group, 0), Array.CreateInstance(group, 1) })
            Assert.Equal("parameters", Assert.Throws<ArgumentException>(() => Call(optimizer, groups)).ParamName);
    }

    [Fact]
    public void A_history_beyond_memory_is_out_of_range() =>
        Assert.Equal("history", Assert.Throws<ArgumentOutOfRangeException>(() => optim.ArmijoGD([new Parameter(ones(1))], history: int.MaxValue)).ParamName);

    [Fact]
    public void A_group_cannot_leave_what_belongs_to_the_search()
    {
        using var scope = NewDisposeScope();
        using var optimizer = optim.ArmijoGD([new Parameter(ones(1))], c: 0.25);
        var error = Assert.Throws<ArgumentException>(() => optimizer.add_param_group(new ArmijoGD.ParamGroup([new Parameter(ones(1))], new ArmijoGD.Options { c = 0.5 })));
        Assert.Contains("c is 0.5, the optimizer's 0.25", error.Message);
        Assert.Single(optimizer.ParamGroups);
    }

    private static IEnumerable<PropertyInfo> Rows(Type optimizer) =>
        optimizer.GetNestedType("Options")!.GetProperties().Where(p => p.GetCustomAttribute<HyperparameterAttribute>() is not null);

    private static double? Number(object? value) => value is null ? null : Convert.ToDouble(value, null);

    private static OptimizerHelper Make(Type optimizer, Parameter parameter, double lr = 0.1) => Call(optimizer, new[] { parameter }, lr);

    private static OptimizerHelper Make(Type optimizer, IEnumerable<(string, Parameter)> parameters) => Call(optimizer, parameters.ToArray());

    private static OptimizerHelper Call(Type optimizer, object parameters, double lr = 0.1)
    {
        var made = optimizer.GetConstructors().Single(c => c.GetParameters()[0].ParameterType.IsInstanceOfType(parameters));
        try
        {
            return (OptimizerHelper)made.Invoke([parameters, lr, .. made.GetParameters().Skip(2).Select(p => p.DefaultValue)]);
        }
        catch (TargetInvocationException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(e.InnerException!).Throw();
            throw;
        }
    }

    private static byte[] Save(OptimizerHelper optimizer)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        optimizer.save_state_dict(writer);
        return stream.ToArray();
    }

    private static void Load(OptimizerHelper optimizer, byte[] file)
    {
        using var reader = new BinaryReader(new MemoryStream(file));
        optimizer.load_state_dict(reader);
    }
}

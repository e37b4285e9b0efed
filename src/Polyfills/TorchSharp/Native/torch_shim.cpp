// The C functions through which the managed side reaches libtorch. Every operator goes through the boxed
// dispatcher (op_find, op_call); the rest is what has no operator: memory, autograd, random state, threads.
// No C++ exception leaves this file: a function that can fail returns a negative count or a null pointer,
// and shim_error() then has libtorch's message.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/api/include/torch/optim/lbfgs.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/generated/variable_factories.h>

#define SHIM extern "C" __attribute__((visibility("default")))

using at::Tensor;
using c10::IValue;

// Mirrors TorchSharp.Value on the managed side.
enum Tag : int32_t { None, TensorTag, Int, Double, Bool, String, IntList, TensorList, DeviceTag, GeneratorTag, DoubleList };

struct Value {
    int32_t tag;
    int32_t index;      // device index
    int64_t length;     // elements of a list, bytes of a string
    union { int64_t i; double d; void* p; };
};

static thread_local std::string error;
static thread_local std::vector<Value> results;

template <typename F, typename R>
static R guarded(R failed, F body)
{
    try { return body(); }
    catch (const c10::Error& e) { error = e.what_without_backtrace(); }
    catch (const std::exception& e) { error = e.what(); }
    catch (...) { error = "unknown native exception"; }
    return failed;
}

template <typename F>
static int guarded(F body) { return guarded(-1, [&] { body(); return 0; }); }

static Tensor* owned(Tensor t) { return t.defined() ? new Tensor(std::move(t)) : nullptr; }
static Tensor& at_handle(void* handle) { return *static_cast<Tensor*>(handle); }
static std::vector<Tensor> at_handles(void** handles, int64_t n)
{
    std::vector<Tensor> list;
    for (int64_t k = 0; k < n; k++) list.push_back(handles[k] ? at_handle(handles[k]) : Tensor());
    return list;
}

SHIM const char* shim_error() { return error.c_str(); }

// ---- operators ----

static bool is_kind(const c10::TypePtr& type, c10::TypeKind kind)
{
    if (type->kind() == kind) return true;
    return type->kind() == c10::TypeKind::OptionalType && type->expectRef<c10::OptionalType>().getElementType()->kind() == kind;
}

static IValue tensor_list(const Value& v, const c10::TypePtr& type)
{
    auto handles = static_cast<void**>(v.p);
    auto list_type = type->cast<c10::ListType>();
    if (list_type && list_type->getElementType()->kind() == c10::TypeKind::OptionalType) {
        c10::List<c10::optional<Tensor>> list;
        for (int64_t k = 0; k < v.length; k++) list.push_back(handles[k] ? c10::optional<Tensor>(at_handle(handles[k])) : c10::nullopt);
        return list;
    }
    return IValue(at_handles(handles, v.length));
}

static IValue to_ivalue(const Value& v, const c10::TypePtr& type)
{
    switch (v.tag) {
        case None: return type->kind() == c10::TypeKind::TensorType ? IValue(Tensor()) : IValue();
        case TensorTag: return at_handle(v.p);
        case Int:
            if (is_kind(type, c10::TypeKind::FloatType)) return static_cast<double>(v.i);
            if (is_kind(type, c10::TypeKind::BoolType)) return v.i != 0;
            if (is_kind(type, c10::TypeKind::ListType)) return std::vector<int64_t>{v.i};
            return v.i;
        case Double: return v.d;
        case Bool: return v.i != 0;
        case String: return std::string(static_cast<char*>(v.p), v.length);
        case IntList: return std::vector<int64_t>(static_cast<int64_t*>(v.p), static_cast<int64_t*>(v.p) + v.length);
        case DoubleList: return std::vector<double>(static_cast<double*>(v.p), static_cast<double*>(v.p) + v.length);
        case TensorList: return tensor_list(v, type);
        case DeviceTag: return c10::Device(static_cast<c10::DeviceType>(v.i), static_cast<c10::DeviceIndex>(v.index));
        case GeneratorTag: return *static_cast<at::Generator*>(v.p);
    }
    TORCH_CHECK(false, "unknown argument tag ", v.tag);
}

static void add_result(const IValue& v)
{
    Value r{None, 0, 0, {0}};
    if (v.isTensor()) { r.tag = TensorTag; r.p = owned(v.toTensor()); }
    else if (v.isTensorList()) { for (const Tensor& t : v.toTensorVector()) add_result(t); return; }
    else if (v.isInt()) { r.tag = Int; r.i = v.toInt(); }
    else if (v.isDouble()) { r.tag = Double; r.d = v.toDouble(); }
    else if (v.isBool()) { r.tag = Bool; r.i = v.toBool(); }
    else TORCH_CHECK(false, "an operator returned an unsupported ", v.tagKind());
    results.push_back(r);
}

SHIM void* op_find(const char* name, const char* overload)
{
    return guarded((void*)nullptr, [&]() -> void* {
        return new c10::OperatorHandle(c10::Dispatcher::singleton().findSchemaOrThrow(name, overload));
    });
}

// Arguments that are not given take the schema's defaults. The results lie in this thread until its next call;
// their tensors belong to the caller.
SHIM int op_call(void* handle, const Value* args, int n, const Value** out)
{
    return guarded(-1, [&] {
        auto& op = *static_cast<c10::OperatorHandle*>(handle);
        const auto& schema = op.schema().arguments();
        TORCH_CHECK(n <= (int)schema.size(), op.schema().name(), " takes ", schema.size(), " arguments, got ", n);
        torch::jit::Stack stack;
        stack.reserve(schema.size());
        for (int k = 0; k < n; k++) stack.push_back(to_ivalue(args[k], schema[k].type()));
        for (size_t k = n; k < schema.size(); k++) {
            TORCH_CHECK(schema[k].default_value(), op.schema().name(), " lacks argument ", schema[k].name());
            stack.push_back(*schema[k].default_value());
        }
        op.callBoxed(&stack);
        results.clear();
        for (const IValue& v : stack) add_result(v);
        *out = results.data();
        return (int)results.size();
    });
}

// ---- tensors ----

SHIM void tensor_free(void* t) { delete static_cast<Tensor*>(t); }
SHIM void* tensor_alias(void* t) { return owned(at_handle(t)); }
SHIM int64_t tensor_dim(void* t) { return at_handle(t).dim(); }
SHIM int64_t tensor_numel(void* t) { return at_handle(t).numel(); }
SHIM int tensor_dtype(void* t) { return (int)at_handle(t).scalar_type(); }
SHIM int tensor_layout(void* t) { return (int)at_handle(t).layout(); }
SHIM int tensor_device_type(void* t) { return (int)at_handle(t).device().type(); }
SHIM int tensor_device_index(void* t) { return at_handle(t).device().index(); }
SHIM int64_t tensor_element_size(void* t) { return at_handle(t).element_size(); }
SHIM int tensor_requires_grad(void* t) { return at_handle(t).requires_grad(); }
SHIM int tensor_is_leaf(void* t) { return at_handle(t).is_leaf(); }
SHIM int tensor_is_contiguous(void* t) { return at_handle(t).is_contiguous(); }
SHIM int64_t tensor_storage_offset(void* t) { return guarded((int64_t)-1, [&] { return at_handle(t).storage_offset(); }); }
SHIM void* tensor_data(void* t) { return guarded((void*)nullptr, [&] { return at_handle(t).data_ptr(); }); }
SHIM int tensor_sizes(void* t, int64_t* out) { return guarded([&] { auto s = at_handle(t).sizes(); std::copy(s.begin(), s.end(), out); }); }
SHIM int tensor_strides(void* t, int64_t* out) { return guarded([&] { auto s = at_handle(t).strides(); std::copy(s.begin(), s.end(), out); }); }
SHIM int tensor_set_requires_grad(void* t, int on) { return guarded([&] { at_handle(t).set_requires_grad(on != 0); }); }
SHIM void* tensor_grad(void* t) { return guarded((void*)nullptr, [&]() -> void* { return owned(at_handle(t).grad()); }); }
SHIM int tensor_set_grad(void* t, void* grad) { return guarded([&] { at_handle(t).mutable_grad() = grad ? at_handle(grad) : Tensor(); }); }
SHIM int tensor_set_data(void* t, void* source) { return guarded([&] { at_handle(t).set_data(at_handle(source)); }); }

// ---- autograd ----

SHIM int autograd_backward(void** roots, void** seeds, int64_t n, int retain_graph, int create_graph, void** inputs, int64_t n_inputs)
{
    return guarded([&] {
        auto grads = seeds ? at_handles(seeds, n) : std::vector<Tensor>();
        torch::autograd::backward(at_handles(roots, n), grads, retain_graph != 0, create_graph != 0, at_handles(inputs, n_inputs));
    });
}

SHIM int autograd_grad(void** outputs, int64_t n, void** inputs, int64_t n_inputs, void** seeds, int retain_graph, int create_graph, int allow_unused, void** out)
{
    return guarded([&] {
        auto grads = seeds ? at_handles(seeds, n) : std::vector<Tensor>();
        auto found = torch::autograd::grad(at_handles(outputs, n), at_handles(inputs, n_inputs), grads, retain_graph != 0, create_graph != 0, allow_unused != 0);
        for (int64_t k = 0; k < n_inputs; k++) out[k] = owned(found[k]);
    });
}

SHIM int grad_mode() { return at::GradMode::is_enabled(); }
SHIM void grad_mode_set(int on) { at::GradMode::set_enabled(on != 0); }
SHIM int inference_mode() { return c10::InferenceMode::is_enabled(); }
SHIM void* inference_mode_enter(int on) { return new c10::InferenceMode(on != 0); }
SHIM void inference_mode_leave(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }

// ---- random numbers, threads ----

SHIM void* generator_default() { return new at::Generator(at::detail::getDefaultCPUGenerator()); }
SHIM void* generator_new(uint64_t seed) { return new at::Generator(at::detail::createCPUGenerator(seed)); }
SHIM void generator_free(void* g) { delete static_cast<at::Generator*>(g); }
static at::Generator& generator(void* g) { return *static_cast<at::Generator*>(g); }
SHIM void generator_manual_seed(void* g, uint64_t seed)
{
    std::lock_guard<std::mutex> lock(generator(g).mutex());
    generator(g).set_current_seed(seed);
}
SHIM uint64_t generator_initial_seed(void* g) { return generator(g).current_seed(); }
SHIM uint64_t generator_seed(void* g)
{
    std::lock_guard<std::mutex> lock(generator(g).mutex());
    return generator(g).seed();
}
SHIM void* generator_get_state(void* g)
{
    return guarded((void*)nullptr, [&]() -> void* {
        std::lock_guard<std::mutex> lock(generator(g).mutex());
        return owned(generator(g).get_state());
    });
}
SHIM int generator_set_state(void* g, void* state)
{
    return guarded([&] {
        std::lock_guard<std::mutex> lock(generator(g).mutex());
        generator(g).set_state(at_handle(state));
    });
}

SHIM int threads_get() { return at::get_num_threads(); }
SHIM int threads_set(int n) { return guarded([&] { at::set_num_threads(n); }); }
SHIM int threads_interop_get() { return at::get_num_interop_threads(); }
SHIM int threads_interop_set(int n) { return guarded([&] { at::set_num_interop_threads(n); }); }

// ---- L-BFGS, the one optimizer that TorchSharp itself takes from libtorch ----

using torch::optim::LBFGS;

SHIM void* lbfgs_new(void** parameters, int64_t n, double lr, int64_t max_iter, int64_t max_eval, double tolerance_grad, double tolerance_change, int64_t history_size)
{
    return guarded((void*)nullptr, [&]() -> void* {
        torch::optim::LBFGSOptions options(lr);
        options.max_iter(max_iter).tolerance_grad(tolerance_grad).tolerance_change(tolerance_change).history_size(history_size);
        if (max_eval >= 0) options.max_eval(max_eval);
        return new LBFGS(at_handles(parameters, n), options);
    });
}
SHIM void lbfgs_free(void* o) { delete static_cast<LBFGS*>(o); }
SHIM void lbfgs_set_lr(void* o, double lr) { for (auto& g : static_cast<LBFGS*>(o)->param_groups()) static_cast<torch::optim::LBFGSOptions&>(g.options()).lr(lr); }

// The closure returns a tensor handle that stays its own, or null when it failed on the managed side.
SHIM void* lbfgs_step(void* o, void* (*closure)())
{
    return guarded((void*)nullptr, [&]() -> void* {
        return owned(static_cast<LBFGS*>(o)->step([&] {
            void* loss = closure();
            TORCH_CHECK(loss, "the closure failed");
            return at_handle(loss);
        }));
    });
}

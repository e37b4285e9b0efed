namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor matmul(Tensor target) => Op.Call("matmul", this, target);
        public Tensor mm(Tensor target) => Op.Call("mm", this, target);
        public Tensor mv(Tensor target) => Op.Call("mv", this, target);
        public Tensor bmm(Tensor batch2) => Op.Call("bmm", this, batch2);
        public Tensor dot(Tensor target) => Op.Call("dot", this, target);
        public Tensor ger(Tensor vec2) => Op.Call("ger", this, vec2);
        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => Op.Call("addmm", this, mat1, mat2, (double)beta, (double)alpha);
        public Tensor cholesky(bool upper = false) => Op.Call("cholesky", this, upper);
        public Tensor cholesky_solve(Tensor input2, bool upper = false) => Op.Call("cholesky_solve", this, input2, upper);
    }

    public static class linalg
    {
        public static Tensor cholesky(Tensor input) => Op.Call("linalg_cholesky", input);
        public static (Tensor L, Tensor info) cholesky_ex(Tensor input, bool check_errors = false) => Op.Two("linalg_cholesky_ex", input, false, check_errors);
        public static Tensor det(Tensor input) => Op.Call("linalg_det", input);
        public static Tensor inv(Tensor input) => Op.Call("linalg_inv", input);
        public static Tensor solve(Tensor A, Tensor B, bool left = true) => Op.Call("linalg_solve", A, B, left);
        public static Tensor solve_triangular(Tensor A, Tensor B, bool upper, bool left = true, bool unitriangular = false, Tensor? @out = null) => @out is null
            ? Op.Call("linalg_solve_triangular", A, B, upper, left, unitriangular) : Op.Call("linalg_solve_triangular.out", A, B, upper, left, unitriangular, @out);
        public static (Tensor, Tensor) eig(Tensor input) => Op.Two("linalg_eig", input);
        public static Tensor eigvals(Tensor input) => Op.Call("linalg_eigvals", input);
        public static (Tensor, Tensor) eigh(Tensor input, char UPLO = 'L') => Op.Two("linalg_eigh", input, UPLO.ToString());
        public static Tensor eigvalsh(Tensor input, char UPLO = 'L') => Op.Call("linalg_eigvalsh", input, UPLO.ToString());
        public static (Tensor U, Tensor S, Tensor Vh) svd(Tensor input, bool fullMatrices = true) => Op.Three("linalg_svd", input, fullMatrices);
        public static (Tensor Q, Tensor R) qr(Tensor input, QRMode mode = QRMode.Reduced) => Op.Two("linalg_qr", input, mode.ToString().ToLowerInvariant());
        public static Tensor matrix_rank(Tensor input, double? atol = null, double? rtol = null, bool hermitian = false) => Op.Call("linalg_matrix_rank.atol_rtol_float", input, atol, rtol, hermitian);
        public static Tensor pinv(Tensor input, double? atol = null, double? rtol = null, bool hermitian = false) => Op.Call("linalg_pinv.atol_rtol_float", input, atol, rtol, hermitian);
        public static Tensor vector_norm(Tensor input, double ord = 2, long[]? dims = null, bool keepdim = false) => Op.Call("linalg_vector_norm", input, ord, dims, keepdim);
        public static Tensor norm(Tensor input, long[]? dims = null, bool keepdim = false) => Op.Call("linalg_norm", input, default, dims, keepdim);

        public enum QRMode { Reduced = 0, Complete = 1, R = 2 }
    }
}

namespace CartPole;

/// <summary>A pole on a cart.</summary>
/// <param name="Position">Of the cart, m.</param>
/// <param name="Velocity">Of the cart, m/s.</param>
/// <param name="Angle">Of the pole, rad, 0 upright.</param>
/// <param name="AngularVelocity">Of the pole, rad/s.</param>
/// <remarks>Source: A. G. Barto, R. S. Sutton, C. W. Anderson, "Neuronlike adaptive elements that can solve difficult learning control
/// problems", 1983, appendix, without friction.</remarks>
internal readonly record struct Pendulum(double Position, double Velocity, double Angle, double AngularVelocity)
{
    private const double Gravity = 9.8, CartMass = 1, PoleMass = 0.1, HalfLength = 0.5, TimeStep = 0.02;

    /// <summary>A step of Euler's method with a force in N.</summary>
    public Pendulum After(double force)
    {
        var (sin, cos) = Math.SinCos(Angle);
        var push = (force + PoleMass * HalfLength * AngularVelocity * AngularVelocity * sin) / (CartMass + PoleMass);
        var turn = (Gravity * sin - cos * push) / (HalfLength * (4.0 / 3 - PoleMass * cos * cos / (CartMass + PoleMass)));
        var acceleration = push - PoleMass * HalfLength * turn * cos / (CartMass + PoleMass);
        return new(Position + TimeStep * Velocity, Velocity + TimeStep * acceleration,
            Angle + TimeStep * AngularVelocity, AngularVelocity + TimeStep * turn);
    }

    public void CopyTo(Span<double> state) => (state[0], state[1], state[2], state[3]) = (Position, Velocity, Angle, AngularVelocity);
}

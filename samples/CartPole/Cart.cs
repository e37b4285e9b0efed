namespace CartPole;

/// <summary>A pole on a cart that is pushed left or right: the classic equations, 50 steps a second.</summary>
/// <remarks>Source: A. G. Barto, R. S. Sutton, C. W. Anderson, "Neuronlike adaptive elements that can solve difficult learning control problems", 1983, appendix, without friction.</remarks>
internal sealed class Cart(double position, double velocity, double angle, double angularVelocity)
{
    private const double Gravity = 9.8, CartMass = 1, PoleMass = 0.1, HalfLength = 0.5, Force = 10, TimeStep = 0.02;
    private const double WidestPosition = 2.4, WidestAngle = 12 * Math.PI / 180;

    /// <summary>Position (m), velocity (m/s), angle (rad) and angular velocity (rad/s) of the pole.</summary>
    public double[] State => [position, velocity, angle, angularVelocity];

    /// <summary>Whether the cart left the track or the pole fell.</summary>
    public bool Failed => !(Math.Abs(position) <= WidestPosition && Math.Abs(angle) <= WidestAngle);

    /// <summary>A step of Euler's method.</summary>
    public void Push(bool right)
    {
        var force = right ? Force : -Force;
        var (sin, cos) = Math.SinCos(angle);
        var push = (force + PoleMass * HalfLength * angularVelocity * angularVelocity * sin) / (CartMass + PoleMass);
        var angularAcceleration = (Gravity * sin - cos * push) / (HalfLength * (4.0 / 3 - PoleMass * cos * cos / (CartMass + PoleMass)));
        var acceleration = push - PoleMass * HalfLength * angularAcceleration * cos / (CartMass + PoleMass);
        position += TimeStep * velocity;
        velocity += TimeStep * acceleration;
        angle += TimeStep * angularVelocity;
        angularVelocity += TimeStep * angularAcceleration;
    }
}

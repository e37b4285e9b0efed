namespace TorchSharp;

public enum PaddingModes { Zeros = 0, Reflect = 1, Replicate = 2, Circular = 3, Constant = 4 }

public enum Padding { Valid = 0, Same = 1 }

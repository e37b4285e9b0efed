Console.WriteLine("What needs several processes is compiled only.");

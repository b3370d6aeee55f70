using Xunit.Sdk;
using Xunit.v3;

// One engine, one disk, two cores: the clients' own limits are not what is tested here.
[assembly: Parallelization(Mode = ParallelMode.None)]

using Berth.Tests.Harness;

// One server for all tests that don't need one of their own; each test makes the users and repositories that it needs.
[assembly: AssemblyFixture(typeof(TestServer))]

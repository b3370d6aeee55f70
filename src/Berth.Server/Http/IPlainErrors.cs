namespace Berth.Server.Http;

/// <summary>Metadata of routes whose clients show an error's text as it is, such as git.</summary>
internal interface IPlainErrors;

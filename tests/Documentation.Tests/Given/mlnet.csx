using Microsoft.Extensions.Logging;

using var loggerFactory = LoggerFactory.Create(_ => { });

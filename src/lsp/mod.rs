//! The language server: one connection, one thread, answers in order. The answers come from [`crate::ide`]; this
//! module handles the protocol, open documents and positions in the units of the client.

mod answers;
mod capabilities;
mod commands;
mod convert;
mod documents;
mod position;
mod server;
mod state;

use gen_lsp_types::{InitializeParams, InitializeResult, ServerInfo};
use lsp_server::Connection;

use state::Server;

/// Serves one client on standard input and output, until it exits.
///
/// # Errors
/// A client that violates the protocol, or a broken connection.
pub fn serve_stdio() -> Result<(), String> {
    let (connection, threads) = Connection::stdio();
    let served = serve(&connection);
    // The writing thread ends when the sender is dropped.
    drop(connection);
    served?;
    threads.join().map_err(|e| e.to_string())
}

/// Serves one client over an existing connection.
///
/// # Errors
/// A client that violates the protocol, or a broken connection.
pub fn serve(connection: &Connection) -> Result<(), String> {
    let (id, params) = connection.initialize_start().map_err(|e| e.to_string())?;
    let params: InitializeParams = serde_json::from_value(params).map_err(|e| format!("initialize: {e}"))?;
    let client = capabilities::EditorCapabilities::of(&params);
    let result = InitializeResult {
        capabilities: capabilities::server(&client),
        server_info: Some(ServerInfo { name: "pipec".to_owned(), version: Some(env!("CARGO_PKG_VERSION").to_owned()) }),
    };
    let result = serde_json::to_value(result).map_err(|e| e.to_string())?;
    connection.initialize_finish(id, result).map_err(|e| e.to_string())?;
    let sender = connection.sender.clone();
    // A client that is gone needs no answer.
    let send = std::sync::Arc::new(move |message| drop(sender.send(message)));
    Server::new(send, client, &params).run(connection)
}

/// LATENT_SANITIZED: AddressSanitizer or ThreadSanitizer watches the memory, which is then not the program's own.
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LATENT_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define LATENT_SANITIZED
#endif
#endif

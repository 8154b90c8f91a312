/*
 * A foreign peer for PACE: one role of the protocol as libeac plays it, so that our own role has somebody to talk to.
 *
 *   libeac pcd|picc PROTOCOL PARAMETER PASSWORD-KIND PASSWORD
 *
 * PROTOCOL is the name of the object identifier without "id-PACE-" (ECDH-GM-AES-CBC-CMAC-128), PARAMETER the number of
 * the standardized domain parameters, PASSWORD-KIND 1 to 4 as in MSE:Set AT. Every message is one line of hexadecimal:
 *
 *   picc writes: nonce, mapping data, ephemeral key, token          pcd writes: mapping data, ephemeral key, token
 *   picc reads:  mapping data, ephemeral key, token                 pcd reads:  nonce, mapping data, ephemeral key, token
 *
 * The last line is "agreed" or "refused". Exit status 2: libeac does not have this variant.
 */
#include <eac/eac.h>
#include <eac/pace.h>
#include <openssl/objects.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void stop(const char *what) {
    printf("error %s\n", what);
    fflush(stdout);
    exit(3);
}

static void say(const BUF_MEM *message, const char *what) {
    size_t i;
    if (message == NULL) stop(what);
    for (i = 0; i < message->length; i++) printf("%02X", (unsigned char)message->data[i]);
    printf("\n");
    fflush(stdout);
}

static BUF_MEM *hear(void) {
    static char line[16384];
    size_t i, length;
    unsigned int byte;
    BUF_MEM *message = BUF_MEM_new();
    if (fgets(line, sizeof line, stdin) == NULL) stop("input ended");
    length = strcspn(line, "\r\n") / 2;
    if (message == NULL || !BUF_MEM_grow(message, length)) stop("memory");
    for (i = 0; i < length; i++) {
        if (sscanf(line + 2 * i, "%2x", &byte) != 1) stop("not hexadecimal");
        message->data[i] = (char)byte;
    }
    return message;
}

int main(int argc, char **argv) {
    char name[64];
    EAC_CTX *ctx;
    PACE_SEC *secret;
    BUF_MEM *key, *token;
    int chip, protocol, agreed;

    if (argc != 6) return 64;
    chip = strcmp(argv[1], "picc") == 0;
    EAC_init();
    snprintf(name, sizeof name, "id-PACE-%s", argv[2]);
    protocol = OBJ_sn2nid(name);
    if (protocol == NID_undef) return 2;
    ctx = EAC_CTX_new();
    if (ctx == NULL || !EAC_CTX_init_pace(ctx, protocol, atoi(argv[3]))) return 2;
    secret = PACE_SEC_new(argv[5], strlen(argv[5]), (enum s_type)atoi(argv[4]));
    if (secret == NULL) stop("password");

    if (chip)
        say(PACE_STEP1_enc_nonce(ctx, secret), "nonce");
    else if (!PACE_STEP2_dec_nonce(ctx, secret, hear()))
        stop("nonce");
    say(PACE_STEP3A_generate_mapping_data(ctx), "mapping data");
    if (!PACE_STEP3A_map_generator(ctx, hear())) stop("mapping");
    say(PACE_STEP3B_generate_ephemeral_key(ctx), "ephemeral key");
    key = hear();
    if (!PACE_STEP3B_compute_shared_secret(ctx, key)) stop("agreement");
    if (!PACE_STEP3C_derive_keys(ctx)) stop("keys");
    token = PACE_STEP3D_compute_authentication_token(ctx, key);
    say(token, "token");
    agreed = PACE_STEP3D_verify_authentication_token(ctx, hear()) == 1;
    printf(agreed ? "agreed\n" : "refused\n");
    return agreed ? 0 : 1;
}
